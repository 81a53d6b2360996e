# SPDX-License-Identifier: BSD-2-Clause
"""What was downloaded before counts only as what the suite says it is."""
import hashlib
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import apt
from place import Trouble

RIGHT = b"a package"


class Kept(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = Path(self.folder.name) / "some_1_all.deb"
        self.suite = apt.Suite("bookworm")
        self.suite.files = lambda packages: [(self.file.name, len(RIGHT), hashlib.sha256(RIGHT).hexdigest(), "sha256")]
        patch = mock.patch.object(apt, "DOWNLOADS", Path(self.folder.name))
        patch.start()
        self.addCleanup(patch.stop)

    def fetched(self, data):
        """As apt does it: what is there and has the right size stays."""
        def fetch(_packages):
            if not self.file.exists() or self.file.stat().st_size != len(RIGHT):
                self.file.write_bytes(data)
        self.suite._download = fetch

    def test_a_kept_file_of_the_right_size_but_other_bytes_is_fetched_anew(self):
        self.file.write_bytes(b"x" * len(RIGHT))
        self.fetched(RIGHT)
        self.assertEqual([path.read_bytes() for path in self.suite.download(["some"])], [RIGHT])

    def test_a_right_one_is_not(self):
        self.file.write_bytes(RIGHT)
        self.fetched(b"x" * len(RIGHT))
        self.assertEqual(self.suite.download(["some"]), [self.file])
        self.assertEqual(self.file.read_bytes(), RIGHT)

    def test_what_comes_from_the_mirror_is_held_against_the_hash_too(self):
        self.fetched(b"x" * len(RIGHT))
        with self.assertRaises(Trouble):
            self.suite.download(["some"])
