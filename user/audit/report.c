// SPDX-License-Identifier: BSD-2-Clause
#include "report.h"
#include "../output/format.h"
#include "../output/text.h"
#include "parity.h"

#include <errno.h>
#include <string.h>

enum { WIDTH = 100, TARGET_WIDTH = 34, VERDICT_WIDTH = 11 };

struct page {
	FILE *out;
	bool colour, running, utf8;
	int why_column;
};

/* Nothing of a rule file reaches the terminal raw: one ? for what cannot be shown, so that columns stay. */
static void put(const struct page *page, const char *text, int size)
{
	for (int i = 0, length; i < size; i += length) {
		int shown = (int)utf8_shown(text + i, (size_t)(size - i), page->utf8);

		length = shown ? shown : (int)utf8_char(text + i, (size_t)(size - i), NULL);
		length = length ? length : 1;
		if (shown)
			fwrite(text + i, 1, (size_t)shown, page->out);
		else
			fputc('?', page->out);
	}
}

/* Columns that a text takes: UTF-8 continuation bytes take none. */
static int width_of(const char *text, int size)
{
	int width = 0;

	for (int i = 0; i < size; i++)
		width += (text[i] & 0xc0) != 0x80;
	return width;
}

/* How many bytes of the text fit into `room` columns, cut at a space where there is one. */
static int piece_size(const char *text, int room)
{
	int size = 0, width = 0, space = 0;

	while (text[size]) {
		if ((text[size] & 0xc0) != 0x80 && ++width > room)
			return space ? space : size;
		if (text[size] == ' ')
			space = size;
		size++;
	}
	return size;
}

/* The text from column on, wrapped; the cursor stands at `column` already. */
static void put_wrapped(const struct page *page, const char *text, int column)
{
	while (*text) {
		int size = piece_size(text, WIDTH - column);

		put(page, text, size);
		text += size;
		while (*text == ' ')
			text++;
		fputc('\n', page->out);
		if (*text)
			fprintf(page->out, "%*s", column, "");
	}
}

static const char *colour_of(const struct page *page, enum verdict_kind kind)
{
	if (!page->colour)
		return "";
	return kind == VERDICT_COVERED ? "\033[32m" : kind == VERDICT_UNKNOWN ? "\033[33m" : "\033[31m";
}

static void put_verdict(const struct page *page, const struct verdict *verdict)
{
	const char *name = verdict->kind == VERDICT_NOT_LOADED ? "not loaded" : verdict_name(verdict->kind);

	fprintf(page->out, "%s%-*s%s", colour_of(page, verdict->kind), VERDICT_WIDTH, name,
		page->colour ? "\033[0m" : "");
}

/* What is asked for, without the ABI. */
static void target_name(const struct target *target, char *text, size_t size)
{
	static const char *const uses[] = { [AUDIT_PERM_EXEC] = "run",
					    [AUDIT_PERM_WRITE] = "write",
					    [AUDIT_PERM_READ] = "read",
					    [AUDIT_PERM_ATTR] = "change" };

	if (target->path)
		snprintf(text, size, "%s %s",
			 target->kind == TARGET_EXEC ? "run"
			 : target->perm		     ? uses[target->perm]
						     : "use",
			 target->path);
	else
		snprintf(text, size, "%s", target->call ? target->call : "all system calls");
}

static bool same_verdict(const struct verdict *a, const struct verdict *b)
{
	return a->kind == b->kind && a->by == b->by && !a->reason == !b->reason &&
	       (!a->reason || strcmp(a->reason, b->reason) == 0);
}

/* Whether both can be told in one row. */
static bool same_row(const struct target *a, const struct target_result *x, const struct target *b,
		     const struct target_result *y)
{
	char first[4200], second[4200];

	target_name(a, first, sizeof(first));
	target_name(b, second, sizeof(second));
	return strcmp(first, second) == 0 && same_verdict(&x->disk, &y->disk) && same_verdict(&x->running, &y->running);
}

/* "rules.d/x.rules:3: -w ..." and the reason, whichever there is. */
static void describe(const struct verdict *verdict, char *text, size_t size)
{
	const struct rule *by = verdict->by;

	*text = '\0';
	if (by && by->source.file)
		snprintf(text, size, "%s:%u", by->source.file, by->source.line);
	else if (by)
		snprintf(text, size, "rule %u in the kernel", by->source.line);
	if (verdict->reason)
		snprintf(text + strlen(text), size - strlen(text), "%s%s", by ? ": " : "", verdict->reason);
}

static void put_target(const struct page *page, const char *name, const struct target_result *result)
{
	char disk[1200], running[1200];
	int width;

	describe(&result->disk, disk, sizeof(disk));
	describe(&result->running, running, sizeof(running));
	width = width_of(name, (int)strlen(name));
	fputs("  ", page->out);
	put(page, name, (int)strlen(name));
	if (width > TARGET_WIDTH)
		fprintf(page->out, "\n  %*s ", TARGET_WIDTH, "");
	else
		fprintf(page->out, "%*s", TARGET_WIDTH + 1 - width, "");
	put_verdict(page, &result->disk);
	if (page->running)
		put_verdict(page, &result->running);
	if (page->running && (strcmp(disk, running) || result->disk.kind != result->running.kind) && *running) {
		/* the same words twice help nobody; different ones are told apart */
		bool same = result->disk.reason && result->running.reason &&
			    strcmp(result->disk.reason, result->running.reason) == 0;

		if (*disk && !same) {
			put_wrapped(page, disk, page->why_column);
			fprintf(page->out, "%*s", page->why_column, "");
		}
		put_wrapped(page, running, page->why_column);
	} else if (*disk) {
		put_wrapped(page, disk, page->why_column);
	} else {
		fputc('\n', page->out);
	}
}

/* ABIs with the same verdicts share a row. */
static void put_targets(const struct page *page, const struct targets *targets, const struct target_result *results)
{
	for (size_t i = 0; i < targets->count; i++) {
		char name[4300];
		bool told = false;

		for (size_t j = 0; j < i && !told; j++)
			told = same_row(&targets->items[j], &results[j], &targets->items[i], &results[i]);
		if (told)
			continue;
		target_name(&targets->items[i], name, sizeof(name) - 100);
		snprintf(name + strlen(name), 50, " (%s", targets->items[i].abi);
		for (size_t j = i + 1; j < targets->count; j++)
			if (same_row(&targets->items[i], &results[i], &targets->items[j], &results[j]))
				snprintf(name + strlen(name), 20, ", %s", targets->items[j].abi);
		snprintf(name + strlen(name), 2, ")");
		put_target(page, name, &results[i]);
	}
}

static void put_requirement(const struct page *page, const struct check *check, size_t i)
{
	const struct requirement *requirement = &check->profile.items[i];
	char head[1200];

	snprintf(head, sizeof(head), "%s%s%s", requirement->id, requirement->title ? ": " : "",
		 requirement->title ? requirement->title : "");
	fputc('\n', page->out);
	put_wrapped(page, head, 0);
	fputs("  ", page->out);
	put_wrapped(page, requirement->rule.source.text, 2);
	put_targets(page, &requirement->targets, check->results[i]);
}

static void put_outcome(const struct page *page, const struct check *check)
{
	static const enum verdict_kind like[] = {
		[OUTCOME_PARITY] = VERDICT_COVERED, [OUTCOME_GAP] = VERDICT_MISSING, [OUTCOME_UNKNOWN] = VERDICT_UNKNOWN
	};
	static const char *const words[] = {
		[OUTCOME_PARITY] = "parity: auditd's rules record everything that the profile requires",
		[OUTCOME_GAP] = "gap: not everything that the profile requires is recorded",
		[OUTCOME_UNKNOWN] = "unknown: it could not be found out whether everything is recorded",
	};

	fprintf(page->out, "\n%s%s%s\n", colour_of(page, like[check->outcome]), words[check->outcome],
		page->colour ? "\033[0m" : "");
}

int report_write(const struct check *check, FILE *out, bool colour)
{
	struct page page = {
		.out = out, .colour = colour, .running = check_has_running(check), .utf8 = locale_is_utf8()
	};

	page.why_column = 2 + TARGET_WIDTH + 1 + VERDICT_WIDTH * (page.running ? 2 : 1);
	fprintf(out, "profile ");
	put(&page, check->profile.name, (int)strlen(check->profile.name));
	fprintf(out, "\n%-*s%-*s%s%s\n", TARGET_WIDTH + 3, "requirement", VERDICT_WIDTH, "disk",
		page.running ? "running    " : "", "why");
	for (size_t i = 0; i < check->profile.count; i++)
		put_requirement(&page, check, i);
	put_outcome(&page, check);
	for (size_t i = 0; i < check->advice_count; i++) {
		fputs("  - ", out);
		put_wrapped(&page, check->advice[i], 4);
	}
	return 0;
}
