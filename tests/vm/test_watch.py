# SPDX-License-Identifier: BSD-2-Clause
"""Is a function that changed told?"""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import watch

OLD = """
struct file; enum id { NONE };
typedef int (*btf_trace_gone)(void *, const struct file *);
btf_trace_gone seen;
int same(struct file *file, enum id id) { return !file + id; }
int grown(struct file *file) { return !file; }
int lost(void) { return 7; }
"""


def btf(folder, name, text):
    source, made = folder / f"{name}.c", folder / f"{name}.o"
    source.write_text(text)
    subprocess.run([os.environ.get("CLANG", "clang"), "-target", "bpf", "-g", "-O2", "-c", source, "-o", made], check=True)
    return made


class Watch(unittest.TestCase):
    def test_hooks(self):
        """Those of the system calls by both names, and what bpf/ names itself."""
        names = watch.hooks()
        for name in ("__x64_sys_finit_module", "__ia32_sys_delete_module", "load_module", "sched_process_exec"):
            self.assertIn(name, names)

    def test_changes(self):
        new = OLD.replace("*, const struct file", "*, struct file").replace("grown(struct file *file)", "grown(struct file *file, _Bool whole)")
        new = new.replace("int lost(void) { return 7; }", "")
        with tempfile.TemporaryDirectory() as folder:
            old, new = (btf(Path(folder), name, text) for name, text in (("old", OLD), ("new", new)))
            known = watch.prototypes_of(("same", "grown", "lost", "gone"), [old])
            self.assertEqual(known["same"], {"int (struct file *, enum id)"})
            self.assertEqual(watch.compare_hooks(known, old), [])
            self.assertEqual(watch.compare_hooks(known, new), ["grown: int (struct file *, _Bool)", "lost: not in its BTF",
                                                               "gone: int (void *, struct file *)"])


if __name__ == "__main__":
    unittest.main()
