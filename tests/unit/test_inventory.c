// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/modules/inventory.h"
#include "line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MODULES_MAX = 8 };

/* A /sys/module of our own, and what a walk found. */
struct place {
	char root[32], folder[64];
	json_object *modules[MODULES_MAX];
	size_t count;
	int answer;
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	*state = place;
	if (!place)
		return -1;
	strcpy(place->root, "/tmp/kmodwatch-unit-XXXXXX");
	if (!mkdtemp(place->root))
		return -1;
	snprintf(place->folder, sizeof(place->folder), "%s/module", place->root);
	return mkdir(place->folder, 0700);
}

/* Files and folders as made by put(), newest last. */
static char made_paths[16][128];
static size_t made_count;

static int teardown(void **state)
{
	struct place *place = *state;

	while (made_count)
		remove(made_paths[--made_count]);
	while (place->count)
		json_object_put(place->modules[--place->count]);
	remove(place->folder);
	remove(place->root);
	free(place);
	return 0;
}

static const char *made_path(const struct place *place, const char *path)
{
	assert_true(made_count < COUNT(made_paths));
	snprintf(made_paths[made_count], sizeof(made_paths[0]), "%s/%s", place->root, path);
	return made_paths[made_count++];
}

static void put_folder(const struct place *place, const char *path)
{
	assert_int_equal(mkdir(made_path(place, path), 0700), 0);
}

static void put(const struct place *place, const char *path, const char *content)
{
	FILE *f = fopen(made_path(place, path), "w");

	assert_non_null(f);
	fputs(content, f);
	fclose(f);
}

static int take(void *ctx, const struct module_part *module)
{
	struct event event = { .kind = EVENT_MODULE_PRESENT, .module = *module };
	struct place *place = ctx;
	json_object *line, *part;

	assert_true(place->count < MODULES_MAX);
	line = line_of(&event, NULL);
	assert_true(json_object_object_get_ex(line, "module", &part));
	place->modules[place->count++] = json_object_get(part);
	json_object_put(line);
	return place->answer;
}

static int walk(struct place *place, const char *lines)
{
	FILE *f = fmemopen((void *)lines, strlen(lines), "r");
	struct module_set breaks = { 0 };
	char *text = NULL;
	int err;

	assert_non_null(f);
	err = inventory_breaks(place->folder, &breaks);
	assert_int_equal(err, 0);
	err = inventory_read(f, &text);
	if (!err)
		err = inventory_walk(text, place->folder, &breaks, take, place);
	free(text);
	module_set_clear(&breaks);
	fclose(f);
	return err;
}

static void assert_module(struct place *place, const char *line, const char *expected)
{
	assert_int_equal(walk(place, line), 0);
	assert_int_equal(place->count, 1);
	assert_json(place->modules[0], expected);
	json_object_put(place->modules[--place->count]);
}

static void lines(void **state)
{
	static const struct {
		const char *line, *expected;
	} rows[] = {
		{ "ext4 983040 1 - Live 0xffffffffc0a00000\n",
		  "{'name':'ext4','size':983040,'state':'live','taints':'','taint_names':[],'version':'@absent',"
		  "'srcversion':'@absent','signed':'@absent','params':'@absent'}" },
		{ "jbd2 184320 1 ext4, Live 0xffffffffc09a0000\n", "{'name':'jbd2','size':184320,'state':'live'}" },
		{ "libata 400 3 ata_piix,ahci,libahci, Live 0x0\n", "{'name':'libata','size':400}" },
		{ "x 16384 0 - Live 0x0 (OE)\n", "{'taints':'OE','taint_names':['out-of-tree','unsigned']}" },
		{ "x 16384 1 - Loading 0x0 (POE+)\n", "{'state':'coming','taints':'POE'}" },
		{ "x 16384 0 - Unloading 0x0 (OE-)\n", "{'state':'going','taints':'OE'}" },
		{ "x 16384 0 - Unloading 0x0 (-)\n", "{'state':'going','taints':'','taint_names':[]}" },
		{ "x 16384 0 - Dreaming 0x0\n", "{'name':'x','state':null}" },
		{ "x 16384 0 - Live 0x0", "{'name':'x'}" },
		{ "x 16384 - - Live 0x0\n", "{'name':'x'}" }, /* without CONFIG_MODULE_UNLOAD */
		{ "x 16384 0 [permanent], Live 0x0\n", "{'name':'x','state':'live'}" },
		{ "\xff\x1b 1 0 - Live 0x0\n", "{'name':'\xef\xbf\xbd\\u001b','name_hex':'ff1b'}" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_module(*state, rows[i].line, rows[i].expected);
}

static void all_in_order(void **state)
{
	struct place *place = *state;

	assert_int_equal(walk(place, "b 2 0 - Live 0x0\na 1 0 b, Live 0x0 (E)\nc 3 0 - Live 0x0\n"), 0);
	assert_int_equal(place->count, 3);
	assert_json(place->modules[0], "{'name':'b','size':2,'taints':''}");
	assert_json(place->modules[1], "{'name':'a','size':1,'taints':'E'}");
	assert_json(place->modules[2], "{'name':'c','size':3,'taints':''}");
}

static void garbage(void **state)
{
	static const char *const rows[] = {
		"\n", "x\n", "x 1\n", "x 1 0 -\n", "x y 0 - Live 0x0\n", "x 1k 0 - Live 0x0\n"
	};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(walk(place, rows[i]), -EBADMSG);
		assert_int_equal(place->count, 0);
	}
}

/* What strtoull() takes, and no kernel prints. */
static void garbage_sizes(void **state)
{
	static const char *const rows[] = { "x -1 0 - Live 0x0\n", "x 99999999999999999999 0 - Live 0x0\n" };

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(walk(*state, rows[i]), -EBADMSG);
}

static void taints_in_name(void **state)
{
	assert_module(*state, "a(PK) 1 0 - Live 0x0\n", "{'name':'a(PK)','taints':''}");
}

/*
 * The kernel lets a module be named anything, and escapes nothing. The newest module stands first: its name must not
 * hide all that were there before.
 */
static void name_with_space(void **state)
{
	assert_module(*state, "a b 1 0 - Live 0x0 (OE)\n", "{'name':'a b','size':1,'taints':'OE'}");
}

static void name_with_break(void **state)
{
	struct place *place = *state;

	assert_int_equal(walk(place, "x\ny 1 0 - Live 0x0\nz 2 0 - Live 0x0\n"),
			 -EBADMSG); /* not in sysfs: two lines */
	assert_int_equal(place->count, 2);
	put_folder(place, "module/x\ny");
	put_folder(place, "module/x\ny z");
	put_folder(place, "module/a!b\nc");
	assert_int_equal(
	    walk(place, "x\ny 1 0 - Live 0x0 (E)\nz 2 0 - Live 0x0\nx\ny z 3 0 - Live 0x0\na/b\nc 4 0 - Live 0x0"), 0);
	assert_int_equal(place->count, 6);
	assert_json(place->modules[2], "{'name':'x\\ny','size':1,'taints':'E'}");
	assert_json(place->modules[3], "{'name':'z','size':2}");
	assert_json(place->modules[4], "{'name':'x\\ny z','size':3}");
	assert_json(place->modules[5], "{'name':'a/b\\nc','size':4}");
}

static void attributes(void **state)
{
	struct place *place = *state;

	put_folder(place, "module/x");
	put(place, "module/x/version", "1.2-\xc3\xa9\n");
	put(place, "module/x/srcversion", "533BB7E5866E52F63B9ACCB\n");
	put_folder(place, "module/y");
	put(place, "module/y/version", "\n");
	put(place, "module/y/srcversion", "");
	assert_module(
	    place, "x 1 0 - Live 0x0\n",
	    "{'version':'1.2-\xc3\xa9','srcversion':'533BB7E5866E52F63B9ACCB','version_truncated':'@absent'}");
	assert_module(place, "y 1 0 - Live 0x0\n", "{'version':'@absent','srcversion':'@absent'}");
}

/* Whole, or said to be cut. */
static void long_attribute(void **state)
{
	char version[300], *expected;

	memset(version, 'v', sizeof(version));
	version[sizeof(version) - 1] = '\0';
	put_folder(*state, "module/x");
	put(*state, "module/x/version", version);
	assert_true(asprintf(&expected, "{'version':'%s'}", version) > 0);
	assert_int_equal(walk(*state, "x 1 0 - Live 0x0\n"), 0);
	if (!strstr(json_object_to_json_string(((struct place *)*state)->modules[0]), "version_truncated"))
		assert_json(((struct place *)*state)->modules[0], expected);
	free(expected);
}

/* A module can put any file there. What begins with a NUL is not empty, and nothing before the buffer is read. */
static void attribute_with_nul(void **state)
{
	struct place *place = *state;
	FILE *f;

	put_folder(place, "module/x");
	put(place, "module/x/version", "");
	f = fopen(made_paths[made_count - 1], "w");
	assert_non_null(f);
	fwrite("\0ab\n", 1, 4, f);
	fclose(f);
	put(place, "module/x/srcversion", "");
	f = fopen(made_paths[made_count - 1], "w");
	assert_non_null(f);
	fwrite("\0", 1, 1, f);
	fclose(f);
	assert_module(place, "x 1 0 - Live 0x0\n", "{'version':'\\u0000ab','srcversion':'\\u0000'}");
}

/* Not the same as one that is not there. */
static void unreadable_attribute(void **state)
{
	put_folder(*state, "module/x");
	put_folder(*state, "module/x/version"); /* EISDIR, for root too */
	assert_module(*state, "x 1 0 - Live 0x0\n", "{'version':null,'srcversion':'@absent'}");
}

/* The kernel turns a name's slashes into `!` for sysfs; as it is, the name would lead out of there. */
static void name_with_slash(void **state)
{
	put_folder(*state, "outside");
	put(*state, "outside/version", "not a module's\n");
	put_folder(*state, "module/..!outside");
	put(*state, "module/..!outside/version", "its own\n");
	assert_module(*state, "../outside 1 0 - Live 0x0\n", "{'name':'../outside','version':'its own'}");
}

static void taker_ends_the_walk(void **state)
{
	struct place *place = *state;

	place->answer = -EPIPE;
	assert_int_equal(walk(place, "a 1 0 - Live 0x0\nb 1 0 - Live 0x0\n"), -EPIPE);
	assert_int_equal(place->count, 1);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_PLACE(lines),
		IN_PLACE(all_in_order),
		IN_PLACE(garbage),
		IN_PLACE(garbage_sizes),
		IN_PLACE(taints_in_name),
		IN_PLACE(name_with_space),
		IN_PLACE(attributes),
		IN_PLACE(long_attribute),
		IN_PLACE(unreadable_attribute),
		IN_PLACE(name_with_break),
		IN_PLACE(name_with_slash),
		IN_PLACE(taker_ends_the_walk),
		IN_PLACE(attribute_with_nul),
	};

	return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
