// SPDX-License-Identifier: BSD-2-Clause
/* What is not read because there is no memory is told once, at the end, whoever found it so. */
#include "options_file.h"
#include "cleanup.h"
#include "log.h"
#include "trusted.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char variable[] = "KMODWATCH_OPTIONS=";

struct words {
	char **words;
	int count;
};

static int add(struct words *words, char *word)
{
	char **more = realloc(words->words, (words->count + 2) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	words->words = more;
	more[words->count++] = word;
	more[words->count] = NULL;
	return 0;
}

/*
 * Reads one word at *text, which then points behind it. Returns it (the caller's to free), or NULL: there is none
 * (*err 0), or it does not end (*err -EBADMSG).
 */
static char *next_word(const char **text, int *err)
{
	const char *at = *text + strspn(*text, " \t");
	char *word = malloc(strlen(at) + 1), quote = 0;
	size_t used = 0;

	*err = word ? 0 : -ENOMEM;
	if (!word || !*at) {
		free(word);
		return NULL;
	}
	for (; *at && (quote || !strchr(" \t", *at)); at++) {
		if (!quote && (*at == '"' || *at == '\''))
			quote = *at;
		else if (*at == quote)
			quote = 0;
		else if (*at == '\\' && quote != '\'' && at[1])
			word[used++] = *++at;
		else
			word[used++] = *at;
	}
	word[used] = '\0';
	*text = at;
	if (!quote)
		return word;
	free(word);
	*err = -EBADMSG;
	return NULL;
}

/* The words of the variable's value: what the shell would make of the value is one text, and that is split again. */
static int add_value(struct words *words, const char *value)
{
	_cleanup_(freep) char *text = NULL;
	const char *at = value;
	char *word;
	int err;

	text = next_word(&at, &err);
	if (err || !text)
		return err;
	if (at[strspn(at, " \t")] && at[strspn(at, " \t")] != '#')
		return -EBADMSG;
	at = text;
	while ((word = next_word(&at, &err)))
		if (add(words, word)) {
			free(word);
			return -ENOMEM;
		}
	return err;
}

/*
 * The folder around is judged, too, even where the file is not there: who can take the file away makes the monitor run
 * without its options, and nobody is told.
 */
static int open_file(const char *path, FILE **out, const char **why)
{
	const char *name;
	_cleanup_(closep) int folder = trusted_parent(path, &name, why);
	_cleanup_(closep) int fd = -1;

	if (folder < 0) {
		*why = folder == -ENOENT
			   ? "the folder around it is not there: a file may be missing, but not its folder"
			   : *why;
		return folder;
	}
	fd = trusted_open(folder, name, why);
	if (fd == -ENOENT) {
		*out = NULL;
		return 0;
	}
	if (fd < 0)
		return fd;
	*out = fdopen(fd, "r");
	if (!*out) {
		*why = strerror(errno);
		return -errno;
	}
	take_fd(&fd); /* the stream has it */
	return 0;
}

static int add_file(struct words *words, const char *path)
{
	_cleanup_(fclosep) FILE *file = NULL;
	_cleanup_(freep) char *line = NULL;
	const char *why = NULL;
	int number = 0, err = open_file(path, &file, &why);
	size_t room = 0;

	if (err) {
		log_line("the options in %s cannot be read: %s", path, why);
		return err;
	}
	if (!file)
		return 0;
	while (getline(&line, &room, file) > 0) {
		const char *start = line + strspn(line, " \t");

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (!*start || *start == '#')
			continue;
		err =
		    strncmp(start, variable, strlen(variable)) ? -EBADMSG : add_value(words, start + strlen(variable));
		if (!err)
			continue;
		if (err == -ENOMEM)
			return err;
		log_line("%s, line %d, is not understood: it must hold %s\"OPTION...\" or a comment", path, number,
			 variable);
		return err;
	}
	if (feof(file))
		return 0;
	err = errno ? -errno : -EIO; /* getline() has no memory, or read() fails */
	if (err != -ENOMEM)
		log_line("the options in %s cannot be read: %s", path, strerror(-err));
	return err;
}

/* The file of `--options FILE` or `--options=FILE`; NULL: it is another word. *used: how many words that took. */
static const char *options_of(int left, char **argv, int *used)
{
	static const char option[] = "--options";
	size_t size = strlen(option);

	*used = 1;
	if (!argv[0] || strncmp(argv[0], option, size) != 0)
		return NULL;
	if (argv[0][size] == '=')
		return argv[0] + size + 1;
	if (argv[0][size] || left < 2)
		return NULL;
	*used = 2;
	return argv[1];
}

static bool names_file(int argc, char **argv)
{
	int used;

	for (int i = 0; i < argc; i++)
		if (options_of(argc - i, argv + i, &used))
			return true;
	return false;
}

/* Options point into the words until the end: here they can still be found. */
static int keep(char **words)
{
	static char ***kept;
	static size_t count;
	char ***more = realloc(kept, (count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	kept = more;
	kept[count++] = words;
	return 0;
}

int options_expand(int argc, char **argv, int *argc_out, char ***argv_out)
{
	struct words words = { 0 };
	int err = 0, used;

	if (!names_file(argc, argv)) {
		*argc_out = argc;
		*argv_out = argv;
		return 0;
	}

	for (int i = 0; !err && i < argc; i += used) {
		const char *path = options_of(argc - i, argv + i, &used);

		err = path ? add_file(&words, path) : add(&words, argv[i]);
	}
	if (!err)
		err = keep(words.words);
	if (err == -ENOMEM)
		log_line("there is not enough memory to read the options");
	if (err) {
		free(words.words);
		return err;
	}
	*argc_out = words.count;
	*argv_out = words.words;
	return 0;
}
