// SPDX-License-Identifier: BSD-2-Clause
/* Two types, from two BTFs: would CO-RE take the one for the other, and would our programs read the same bytes? */
#include "types.h"

#include <stdio.h>
#include <string.h>

const char *name_at(const struct btf *btf, __u32 offset)
{
	const char *name = btf__name_by_offset(btf, offset);

	return name ? name : "";
}

/* Without the flavor: cred___two_words and cred are the same name, as for libbpf. */
bool same_name(const char *ours, const char *theirs)
{
	const char *flavor = strstr(ours, "___");
	size_t length = flavor ? (size_t)(flavor - ours) : strlen(ours);

	return strlen(theirs) == length && !strncmp(ours, theirs, length);
}

static bool is_qualifier(const struct btf_type *type)
{
	return btf_is_mod(type) || btf_kind(type) == BTF_KIND_TYPE_TAG;
}

/* What is behind qualifiers and typedefs. */
const struct btf_type *bare(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (type && (is_qualifier(type) || btf_is_typedef(type)))
		type = btf__type_by_id(btf, type->type);
	return type;
}

static bool is_composite_or_declared(const struct btf_type *type)
{
	return btf_is_composite(type) || btf_is_fwd(type);
}

bool is_enumeration(const struct btf_type *type)
{
	return btf_is_enum(type) || btf_is_enum64(type);
}

/* Does the type go by this name: its own, or that of a typedef on the way to it? */
static bool goes_by(const struct btf *btf, __u32 id, const char *wanted)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	for (; type; type = btf__type_by_id(btf, type->type)) {
		if (is_qualifier(type))
			continue;
		if (same_name(wanted, name_at(btf, type->name_off)))
			return true;
		if (!btf_is_typedef(type))
			break;
	}
	return false;
}

/* Is there a name that both types go by? */
static bool share_a_name(const struct btf *ours, __u32 our_id, const struct btf *theirs, __u32 their_id)
{
	const struct btf_type *type = btf__type_by_id(ours, our_id);

	for (; type; type = btf__type_by_id(ours, type->type)) {
		const char *name = name_at(ours, type->name_off);

		if (is_qualifier(type))
			continue;
		if (*name && goes_by(theirs, their_id, name))
			return true;
		if (!btf_is_typedef(type))
			break;
	}
	return false;
}

static enum difference compare_integers(const struct btf_type *our, const struct btf_type *their)
{
	int sign_and_bool = BTF_INT_SIGNED | BTF_INT_BOOL;

	if (our->size != their->size || btf_int_bits(our) != btf_int_bits(their))
		return SIZE;
	/* a char's sign is the compiler's business: the kernel is built with -funsigned-char since 6.2 */
	if (our->size == 1)
		sign_and_bool = BTF_INT_BOOL;
	return ((btf_int_encoding(our) ^ btf_int_encoding(their)) & sign_and_bool) ? TYPE : SAME;
}

enum difference compare_types(const struct btf *ours, __u32 our_id, const struct btf *theirs, __u32 their_id)
{
	const struct btf_type *our = bare(ours, our_id), *their = bare(theirs, their_id);
	enum difference difference;

	if (!our || !their) /* void */
		return our == their ? SAME : TYPE;
	if (is_composite_or_declared(our) && is_composite_or_declared(their))
		return share_a_name(ours, our_id, theirs, their_id) ? SAME : TYPE;
	if (is_enumeration(our) && is_enumeration(their)) {
		if (!share_a_name(ours, our_id, theirs, their_id))
			return TYPE;
		return our->size == their->size ? SAME : SIZE;
	}
	if (btf_kind(our) != btf_kind(their))
		return TYPE;
	switch (btf_kind(our)) {
	case BTF_KIND_INT:
		return compare_integers(our, their);
	case BTF_KIND_PTR:
		if (!bare(ours, our->type)) /* void *: we do not look behind it */
			return SAME;
		return compare_types(ours, our->type, theirs, their->type) == SAME ? SAME : TYPE;
	case BTF_KIND_ARRAY:
		difference = compare_types(ours, btf_array(our)->type, theirs, btf_array(their)->type);
		if (difference != SAME)
			return difference;
		return btf_array(our)->nelems == btf_array(their)->nelems ? SAME : SIZE;
	default:
		return TYPE; /* nothing that our programs could read */
	}
}

static const char *keyword_of(const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_FWD:
		return "struct ";
	case BTF_KIND_UNION:
		return "union ";
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return "enum ";
	default:
		return "";
	}
}

/* The type as C would say it, near enough. */
static const char *describe_name(const struct btf *btf, __u32 id, char *text, __u32 size)
{
	const struct btf_type *type = btf__type_by_id(btf, id);
	char inner[NAME_SIZE];

	while (type && is_qualifier(type))
		type = btf__type_by_id(btf, type->type);
	if (!type || btf_is_void(type)) {
		snprintf(text, size, "void");
	} else if (btf_is_ptr(type)) {
		snprintf(text, size, "%s *", describe_name(btf, type->type, inner, sizeof(inner)));
	} else if (btf_is_array(type)) {
		snprintf(text, size, "%s[%u]", describe_name(btf, btf_array(type)->type, inner, sizeof(inner)),
			 btf_array(type)->nelems);
	} else {
		const char *name = name_at(btf, type->name_off);

		snprintf(text, size, "%s%s", keyword_of(type), *name ? name : "{...}");
	}
	return text;
}

const char *describe(const struct btf *btf, __u32 id, char *text, __u32 size)
{
	const struct btf_type *type = bare(btf, id);
	size_t length;

	describe_name(btf, id, text, size);
	length = strlen(text);
	if (type && btf_is_int(type))
		snprintf(text + length, size - length, " (%u bytes)", type->size);
	return text;
}
