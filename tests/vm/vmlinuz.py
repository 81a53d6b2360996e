# SPDX-License-Identifier: BSD-2-Clause
"""What is inside a kernel image: its BTF, without booting it."""
import lzma
import struct
import subprocess

from place import Trouble, need


ARM64_MAGIC = slice(0x38, 0x3c)  # Documentation/arch/arm64/booting.rst
BTF_HEADER = b"\x9f\xeb\x01\x00" + struct.pack("<I", 24)


def btf(path):
    image = path.read_bytes()
    return raw_btf(image) if image[ARM64_MAGIC] == b"ARMd" else section(vmlinux(path), b".BTF")


def raw_btf(image):
    """arm64's Image is the kernel as it lies in memory, without sections: its BTF is the largest of what has the header of one."""
    found, at = b"", -1
    while (at := image.find(BTF_HEADER, at + 1)) >= 0:
        types_at, types, strings_at, strings = struct.unpack_from("<IIII", image, at + 8)
        whole = image[at:at + 24 + types + strings]
        if types_at == 0 and strings_at == types and len(whole) == 24 + types + strings > len(found):
            found = whole
    if not found:
        raise Trouble("the kernel has no BTF: it was built without CONFIG_DEBUG_INFO_BTF")
    return found


def vmlinux(path):
    """The ELF kernel of a bzImage: the boot header says where the packed payload lies."""
    image = path.read_bytes()
    sectors = image[0x1f1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    # The last four bytes are the unpacked size, and no part of the packed stream.
    payload = image[(sectors + 1) * 512 + offset:][:length - 4]
    if payload.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(payload)
    if payload.startswith(b"\x28\xb5\x2f\xfd"):
        return subprocess.run([need("zstd", "zstd"), "-dcq"], input=payload, capture_output=True, check=True).stdout
    if payload.startswith(b"\x02\x21\x4c\x18"):
        return b"".join(lz4_blocks(payload))
    raise Trouble(f"{path} is packed in a way that vmlinuz.py does not know (starts with {payload[:6].hex()}): "
                  "add it to vmlinux()")


def lz4_blocks(payload):
    """LZ4's legacy frame: a magic number, then blocks of length and data."""
    at = 4
    while at + 4 <= len(payload):
        length, = struct.unpack_from("<I", payload, at)
        yield lz4_block(payload[at + 4:at + 4 + length])
        at += 4 + length


def lz4_block(packed):
    """Python has no LZ4 in its library; the format is small enough to read here, once per kernel."""
    out = bytearray()
    at, end = 0, len(packed)

    def extended(length):
        nonlocal at
        if length == 15:
            while True:
                more = packed[at]
                at += 1
                length += more
                if more != 255:
                    break
        return length

    while at < end:
        token = packed[at]
        at += 1
        literals = extended(token >> 4)
        out += packed[at:at + literals]
        at += literals
        if at >= end:  # the last sequence has no match
            break
        distance = packed[at] | packed[at + 1] << 8
        at += 2
        length = extended(token & 15) + 4
        start = len(out) - distance
        while length > distance:  # the match overlaps what it produces
            out += out[start:]
            length -= distance
            start = len(out) - distance
        out += out[start:start + length]
    return bytes(out)


def section(elf, wanted):
    """The bytes of one section of a 64-bit little-endian ELF file."""
    table, = struct.unpack_from("<Q", elf, 0x28)
    size, count, names = struct.unpack_from("<HHH", elf, 0x3a)
    headers = [struct.unpack_from("<IIQQQQ", elf, table + size * index) for index in range(count)]
    strings = headers[names][4]
    for name, _kind, _flags, _address, offset, length in headers:
        start = strings + name
        if elf[start:elf.index(b"\0", start)] == wanted:
            return elf[offset:offset + length]
    raise Trouble(f"the kernel has no {wanted.decode()} section: it was built without CONFIG_DEBUG_INFO_BTF")
