# SPDX-License-Identifier: BSD-2-Clause
"""The look for circles must be able to find one."""
import os
import tempfile
import unittest

import circles


class Circles(unittest.TestCase):
    def faults(self, files):
        with tempfile.TemporaryDirectory() as root:
            before = os.getcwd()
            os.chdir(root)
            try:
                for path, text in files.items():
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    with open(path, 'w', encoding='utf-8') as file:
                        file.write(text)
                return list(circles.faults(['room', 'other']))
            finally:
                os.chdir(before)

    def test_one_way(self):
        self.assertEqual(self.faults({'room/a.c': '#include "a.h"\n#include "b.h"\n', 'room/a.h': '',
                                      'room/b.h': '#include "../other/c.h"\n', 'other/c.h': '#include <a.h>\n'}), [])

    def test_headers(self):
        self.assertEqual(len(self.faults({'room/a.h': '#include "b.h"\n', 'room/b.h': '#include "a.h"\n'})), 1)

    def test_through_a_source(self):
        self.assertEqual(len(self.faults({'room/a.c': '#include "a.h"\n#include "b.h"\n', 'room/a.h': '',
                                          'room/b.h': '#include "a.h"\n'})), 1)

    def test_long_and_across_folders(self):
        told = self.faults({'room/a.h': '#include "b.h"\n', 'room/b.h': '#include "c.h"\n',
                            'other/c.h': '  # include "../room/a.h"\n', 'room/d.h': '#include "a.h"\n'})
        self.assertEqual(len(told), 1)
        self.assertIn('room/b', told[0])
        self.assertNotIn('room/d', told[0])

    def test_without_header(self):
        body = 'int a(void)\n{\n}\n'
        self.assertEqual(len(self.faults({'room/a.c': body})), 1)
        self.assertEqual(self.faults({'room/a.c': body, 'room/a.h': '', 'room/b.bpf.c': body, 'room/c.c': 'int c;\n',
                                      'room/d.c': body.replace('int a(', 'int main(')}), [])


if __name__ == '__main__':
    unittest.main()
