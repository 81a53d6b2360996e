// SPDX-License-Identifier: BSD-2-Clause
#include "profile.h"
#include "../array.h"
#include "field.h"
#include "line.h"
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The files of profiles/ as they are. The build runs in the project's folder. */
#define EMBED(symbol, name)                                                                               \
	__asm__(".pushsection .rodata\nprofile_" #symbol ": .incbin \"user/audit/profiles/" name ".rules" \
		"\"\n.byte 0\n.popsection\n");                                                            \
	extern const char profile_##symbol[] __attribute__((visibility("hidden")));
PROFILES(EMBED, EMBED)

#define ENTRY(symbol, name) { name, profile_##symbol },
static const struct {
	const char *name, *text;
} built_in[] = { PROFILES(ENTRY, ENTRY) };

const char *profile_text(const char *name)
{
	for (size_t i = 0; i < sizeof(built_in) / sizeof(*built_in); i++)
		if (strcmp(built_in[i].name, name) == 0)
			return built_in[i].text;
	return NULL;
}

/* The comments above a requirement. */
struct notes {
	const char *id, *title;
	size_t ref_count;
	const char *refs[32];
};

/* "# key: value" */
static const char *note_value(const struct source_line *line, const char *key, struct arena *arena)
{
	const char *at = line->text, *end = line->text + line->size;
	size_t size = strlen(key);

	while (at < end && (*at == '#' || *at == ' ' || *at == '\t'))
		at++;
	if (end < at + size + 1 || memcmp(at, key, size) || at[size] != ':')
		return NULL;
	for (at += size + 1; at < end && *at == ' '; at++)
		;
	while (end > at && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	return arena_text(arena, at, (size_t)(end - at));
}

static void take_note(struct notes *notes, const struct source_line *line, struct arena *arena)
{
	const char *value;

	if ((value = note_value(line, "id", arena)))
		notes->id = value;
	else if ((value = note_value(line, "title", arena)))
		notes->title = value;
	else if ((value = note_value(line, "ref", arena)) &&
		 notes->ref_count < sizeof(notes->refs) / sizeof(*notes->refs))
		notes->refs[notes->ref_count++] = value;
}

static int bad_line(const struct source_line *line, unsigned int column, const char *what, char **why)
{
	return source_fail(-EINVAL, why, "profile %s, line %u, column %u: %s", line->file, line->number, column, what);
}

static int add_requirement(struct profile *profile, const struct notes *notes, const struct source_line *line,
			   const struct rule *rule)
{
	struct requirement *requirement;

	if (array_reserve(profile->items, profile->room, profile->count + 1))
		return -ENOMEM;
	requirement = &profile->items[profile->count];
	*requirement = (struct requirement) { .id = notes->id, .title = notes->title, .rule = *rule };
	requirement->ref_count = notes->ref_count;
	requirement->refs = arena_alloc(&profile->arena, (notes->ref_count + 1) * sizeof(*requirement->refs));
	if (!requirement->refs)
		return -ENOMEM;
	memcpy(requirement->refs, notes->refs, notes->ref_count * sizeof(*notes->refs));
	if (!requirement->id)
		requirement->id = field_say(&profile->arena, "line-%u", line->number);
	requirement->rule.source =
	    (struct rule_source) { line->file, line->number, arena_text(&profile->arena, line->text, line->size) };
	profile->count++;
	return 0;
}

static int take_line(struct profile *profile, const struct source_line *line, struct notes *notes, char **why)
{
	size_t blank = strspn(line->text, " \t");
	struct line read;
	int err;

	if (blank < line->size && line->text[blank] == '#') {
		take_note(notes, line, &profile->arena);
		return 0;
	}
	err = line_understand(line->text, line->size, &profile->arena, &read);
	if (err)
		return err;
	if (read.error.column)
		return bad_line(line, read.error.column, read.error.what, why);
	if (read.verb == LINE_NOTHING) /* -D, -b ...: a rules file can be a profile as it is */
		return 0;
	if (read.verb != LINE_ADD || read.rule.list != AUDIT_FILTER_EXIT || read.rule.action != AUDIT_ALWAYS)
		return bad_line(line, 1, "a requirement is a watch or an always,exit rule", why);
	err = add_requirement(profile, notes, line, &read.rule);
	*notes = (struct notes) { 0 };
	return err;
}

/* 32-bit machines have b32 as their own, and nothing else. */
static int fit_machine(struct source *source, const struct machine *machine)
{
	for (size_t i = 0; !machine->is64 && i < source->count; i++) {
		struct source_line *line = &source->lines[i];
		char *copy = arena_text(&source->arena, line->text, line->size);
		char *arch;

		if (!copy)
			return -ENOMEM;
		arch = strstr(copy, "arch=b64");
		if (arch) {
			arch[6] = '3'; /* arch=b32 */
			arch[7] = '2';
		}
		line->text = copy;
	}
	return 0;
}

static int split_text(const char *name, const char *text, struct source *source)
{
	struct source_line line = { .file = name };
	struct source split = { .path = name };
	int err = 0;

	for (const char *end; !err && *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		line.number++;
		line.text = text;
		line.size = (size_t)(end - text);
		err = source_add(&split, &line);
	}
	*source = split;
	return err;
}

static int find_targets(struct profile *profile, const struct machine *machine, struct path_cache *paths, char **why)
{
	const char *wrong;

	for (size_t i = 0; i < profile->count; i++) {
		struct requirement *requirement = &profile->items[i];
		const struct rule_source *source = &requirement->rule.source;
		int err =
		    targets_of(&requirement->rule, machine, paths, &profile->arena, &requirement->targets, &wrong);

		if (err == -EINVAL)
			return source_fail(err, why, "profile %s, line %u: this requirement cannot be judged: %s",
					   source->file, source->line, wrong);
		if (err)
			return err;
	}
	return 0;
}

int profile_read(const char *name, const struct machine *machine, struct path_cache *paths, struct profile *out,
		 char **why)
{
	struct profile profile = { .name = name };
	const char *text = profile_text(name);
	struct notes notes = { 0 };
	int err;

	*why = NULL;
	err = text ? split_text(name, text, &profile.source) : source_read_trusted(name, &profile.source, why);
	if (err == -ENOENT && !strchr(name, '/')) {
		free(*why);
		source_fail(
		    err, why,
		    "there is no built-in profile %s, and no file of this name: the built-in profiles are " PROFILE_NAMES,
		    name);
	}
	if (!err && text)
		err = fit_machine(&profile.source, machine);
	for (size_t i = 0; !err && i < profile.source.count; i++)
		err = take_line(&profile, &profile.source.lines[i], &notes, why);
	if (!err && profile.count == 0)
		err = source_fail(-EINVAL, why, "profile %s requires nothing: it has no rule", name);
	if (!err)
		err = find_targets(&profile, machine, paths, why);
	if (err)
		profile_free(&profile);
	else
		*out = profile;
	return err;
}

void profile_free(struct profile *profile)
{
	free(profile->items);
	source_free(&profile->source);
	arena_free(&profile->arena);
	*profile = (struct profile) { 0 };
}
