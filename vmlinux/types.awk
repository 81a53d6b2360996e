# SPDX-License-Identifier: BSD-2-Clause
# From the preprocessed headers (clang -E -P) to a source with one variable of each type: clang puts into BTF what is
# used, and nothing else. A line that is not understood is an error, so that no type is passed over.
# Enumerators of an enum without a name go into one that check.c knows by its name.

BEGIN {
	print "#include \"vmlinux.h\""
	print "#include \"flavors.h\""
}

function declare(type) {
	print type " declared_" ++count ";"
}

function not_understood() {
	print "vmlinux/types.awk: not understood: " $0 > "/dev/stderr"
	failed = 1
	exit 1
}

function enumerators(text,    part, i, name) {
	n = split(text, part, ",")
	for (i = 1; i <= n; i++) {
		if (part[i] !~ /[A-Za-z_]/)
			continue
		name = part[i]
		sub(/=.*/, "", name)
		gsub(/[ \t]/, "", name)
		list = list name "___ = " name ", "
	}
}

/^[ \t]*$/ || /^#pragma / { next }

inside == "enum" && /^};$/ { declare("enum anonymous___" ++enums " { " list "}"); inside = ""; next }
inside == "enum" { enumerators($0); next }
inside == "struct" && /^};$/ { inside = ""; next }
inside == "typedef" && /^} [A-Za-z_0-9]+;$/ { sub(/;/, "", $2); declare($2); inside = ""; next }
inside != "" && /^[ \t]/ { next }
inside != "" { not_understood() }

/^(struct|union|enum) [A-Za-z_0-9]+ {$/ { declare($1 " " $2); inside = "struct"; next }
/^typedef (struct|union) {$/ { inside = "typedef"; next }
/^typedef [A-Za-z_0-9 ]+;$/ { sub(/;/, "", $NF); declare($NF); next }
/^enum {.*};$/ {
	sub(/^enum {/, "")
	sub(/};$/, "")
	list = ""
	enumerators($0)
	declare("enum anonymous___" ++enums " { " list "}")
	next
}
/^enum {$/ { inside = "enum"; list = ""; next }
{ not_understood() }

END {
	if (failed)
		exit 1
	if (inside != "" || !count) {
		print "vmlinux/types.awk: the headers end in the middle of a type, or hold none" > "/dev/stderr"
		exit 1
	}
}
