// SPDX-License-Identifier: BSD-2-Clause
#include "compare.h"
#include "listing.h"
#include "types.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Notes what was found; the words say what we have and what the kernel has. */
static void __attribute__((format(printf, 4, 5)))
note(const char *name, int k, enum difference difference, const char *format, ...)
{
	struct item *item = item_of(name);
	char words[4 * NAME_SIZE];
	va_list args;

	item->found[k] = difference;
	if (item->is_type)
		kernels[k].types++;
	else
		kernels[k].members++;
	if (difference == SAME)
		return;
	item->excused[k] = listing_has_config(name);
	if (listing_has(item, k, difference)) {
		kernels[k].listed++;
		return;
	}
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	fault("%s: %s: %s: %s; mend vmlinux/, or list it with its reason", kernels[k].label, name,
	      difference_names[difference], words);
}

struct place {
	const struct btf_member *member;
	__u32 bits; /* from the start of the outermost struct */
	bool bitfield;
};

/* Also inside of members without a name, as CO-RE searches. */
static bool find_member(const struct btf *btf, const struct btf_type *type, const char *name, __u32 base,
			struct place *place)
{
	const struct btf_member *members = btf_members(type);

	for (int i = 0; i < btf_vlen(type); i++) {
		__u32 bits = base + btf_member_bit_offset(type, i);
		const char *theirs = name_at(btf, members[i].name_off);

		if (!*theirs) {
			const struct btf_type *inner = bare(btf, members[i].type);

			if (inner && btf_is_composite(inner) && find_member(btf, inner, name, bits, place))
				return true;
		} else if (same_name(name, theirs)) {
			*place = (struct place) {
				.member = &members[i],
				.bits = bits,
				.bitfield = btf_member_bitfield_size(type, i) != 0,
			};
			return true;
		}
	}
	return false;
}

/* The types of the kernel that ours may mean: by the same name and of the same kind. BTF can hold several. */
static int find_candidates(const struct btf *btf, const struct btf_type *our, const char *name, __u32 *ids, int max)
{
	int count = 0;

	for (__u32 id = 1; id < btf__type_cnt(btf) && count < max; id++) {
		const struct btf_type *their = btf__type_by_id(btf, id);
		bool same_kind = btf_kind(our) == btf_kind(their) || (is_enumeration(our) && is_enumeration(their));

		if (same_kind && same_name(name, name_at(btf, their->name_off)))
			ids[count++] = id;
	}
	return count;
}

static void compare_member(int k, const struct btf *ours, const char *type_name, const struct btf_member *member,
			   const __u32 *ids, int count)
{
	const struct btf *theirs = kernels[k].btf;
	const char *member_name = name_at(ours, member->name_off);
	enum difference difference = ABSENT;
	char name[NAME_SIZE], our_text[NAME_SIZE], their_text[NAME_SIZE] = "no such member";
	struct place first = { 0 };

	snprintf(name, sizeof(name), "%s.%s", type_name, member_name);
	describe(ours, member->type, our_text, sizeof(our_text));
	for (int i = 0; i < count; i++) {
		struct place place;
		enum difference here;

		if (!find_member(theirs, bare(theirs, ids[i]), member_name, 0, &place))
			continue;
		here = place.bitfield ? TYPE : compare_types(ours, member->type, theirs, place.member->type);
		if (first.member && here == SAME && difference == SAME && place.bits != first.bits)
			fault(
			    "%s: %s: ambiguous: the kernel has several types by this name, with the member at different offsets",
			    kernels[k].label, name);
		if (!first.member || (difference != SAME && here == SAME)) {
			difference = here;
			describe(theirs, place.member->type, their_text, sizeof(their_text));
			if (place.bitfield)
				strncat(their_text, " as a bit field", sizeof(their_text) - strlen(their_text) - 1);
			first = place;
		}
	}
	note(name, k, difference, "we have %s, the kernel has %s", our_text, their_text);
}

/* count: how many enumerators there are; the value comes back through *value. */
static const char *enumerator(const struct btf *btf, const struct btf_type *type, int i, long long *value)
{
	if (btf_is_enum64(type)) {
		*value = (long long)btf_enum64_value(&btf_enum64(type)[i]);
		return name_at(btf, btf_enum64(type)[i].name_off);
	}
	*value = btf_enum(type)[i].val;
	return name_at(btf, btf_enum(type)[i].name_off);
}

static bool find_enumerator(const struct btf *btf, __u32 id, const char *name, long long *value)
{
	const struct btf_type *type = bare(btf, id);

	for (int i = 0; i < btf_vlen(type); i++)
		if (same_name(name, enumerator(btf, type, i, value)))
			return true;
	return false;
}

static void compare_enumerators(int k, const struct btf *ours, const char *type_name, const struct btf_type *our,
				const __u32 *ids, int count)
{
	for (int i = 0; i < btf_vlen(our); i++) {
		long long our_value, value, their_value = 0;
		const char *our_name = enumerator(ours, our, i, &our_value);
		enum difference difference = ABSENT;
		char name[NAME_SIZE];

		snprintf(name, sizeof(name), "%s.%s", type_name, our_name);
		for (int j = 0; j < count; j++) {
			if (difference == SAME || !find_enumerator(kernels[k].btf, ids[j], our_name, &value))
				continue;
			difference = value == our_value ? SAME : VALUE;
			their_value = value;
		}
		if (difference == ABSENT)
			note(name, k, ABSENT, "we have %lld, the kernel has no such enumerator", our_value);
		else
			note(name, k, difference, "we have %lld, the kernel has %lld", our_value, their_value);
	}
}

/* Enumerators of enums without a name: in any enum of the kernel that has none either, or in any other. */
static void compare_anonymous_enum(int k, const struct btf *ours, const struct btf_type *our)
{
	for (int i = 0; i < btf_vlen(our); i++) {
		const struct btf *theirs = kernels[k].btf;
		long long our_value, value, their_value = 0;
		const char *our_name = enumerator(ours, our, i, &our_value);
		enum difference difference = ABSENT;
		char name[NAME_SIZE];

		snprintf(name, sizeof(name), "enum.%.*s", (int)(strstr(our_name, "___") - our_name), our_name);
		for (__u32 id = 1; id < btf__type_cnt(theirs) && difference != SAME; id++) {
			if (!is_enumeration(btf__type_by_id(theirs, id)) ||
			    !find_enumerator(theirs, id, our_name, &value))
				continue;
			difference = value == our_value ? SAME : VALUE;
			their_value = value;
		}
		if (difference == ABSENT)
			note(name, k, ABSENT, "we have %lld, the kernel has no such enumerator", our_value);
		else
			note(name, k, difference, "we have %lld, the kernel has %lld", our_value, their_value);
	}
}

static void compare_type(int k, const struct btf *ours, __u32 id)
{
	const struct btf_type *our = btf__type_by_id(ours, id), *body = our;
	const char *name = name_at(ours, our->name_off);
	const struct btf *theirs = kernels[k].btf;
	enum difference difference = ABSENT;
	char our_text[NAME_SIZE], their_text[NAME_SIZE] = "no such type";
	__u32 ids[32];
	int count;

	if (is_enumeration(our) && !strncmp(name, "anonymous___", strlen("anonymous___"))) {
		compare_anonymous_enum(k, ours, our);
		return;
	}
	count = find_candidates(theirs, our, name, ids, sizeof(ids) / sizeof(ids[0]));
	describe(ours, id, our_text, sizeof(our_text));
	for (int i = 0; i < count && difference != SAME; i++) {
		difference = compare_types(ours, id, theirs, ids[i]);
		if (btf_is_typedef(our))
			describe(theirs, btf__type_by_id(theirs, ids[i])->type, their_text, sizeof(their_text));
		else
			describe(theirs, ids[i], their_text, sizeof(their_text));
	}
	note(name, k, difference, "we have %s, the kernel has %s", our_text, their_text);
	if (difference == ABSENT)
		return;
	if (btf_is_typedef(our)) { /* its members are compared where it is their only name */
		body = btf__type_by_id(ours, our->type);
		if (!btf_is_composite(body) || *name_at(ours, body->name_off))
			return;
	}
	if (is_enumeration(body)) {
		compare_enumerators(k, ours, name, body, ids, count);
		return;
	}
	for (int i = 0; btf_is_composite(body) && i < btf_vlen(body); i++) {
		const struct btf_member *member = &btf_members(body)[i];

		if (!*name_at(ours, member->name_off))
			give_up("%s has a member without a name: declare what is in it directly, CO-RE finds it", name);
		compare_member(k, ours, name, member, ids, count);
	}
}

int compare_kernel(int k, const struct btf *ours)
{
	int count = 0;

	for (__u32 id = 1; id < btf__type_cnt(ours); id++) {
		const struct btf_type *variable = btf__type_by_id(ours, id);

		if (!btf_is_var(variable))
			continue;
		count++;
		compare_type(k, ours, variable->type);
	}
	return count;
}
