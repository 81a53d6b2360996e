// SPDX-License-Identifier: BSD-2-Clause
#include "terminal.h"
#include "format.h"
#include "phrase.h"
#include "sentence.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

/* Where columns begin: time, verb, name, the rest. */
enum { VERB_COLUMN = 10, NAME_COLUMN = 21, REST_COLUMN = 35 };

void terminal_init(struct terminal *terminal, int fd, bool colour, bool lists_present)
{
	tzset();
	*terminal = (struct terminal) {
		.fd = fd,
		.colour = colour,
		.utf8 = locale_is_utf8(),
		.lists_present = lists_present,
		.names.path = "/etc/passwd",
	};
}

/* Asked for each line, since a window changes its size. */
static size_t width_of(const struct terminal *terminal)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	unsigned long width = 0;

	if (!ioctl(terminal->fd, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	if (columns && *columns >= '0' && *columns <= '9')
		width = strtoul(columns, NULL, 10);
	return width ? width : SIZE_MAX;
}

struct style {
	const char *start;
	bool whole; /* the line, not just what was done to what */
};

static struct style style_of(const struct event *event)
{
	static const struct style none = { "", false }, dim = { "\033[2m", true }, good = { "\033[32m", false },
				  bad = { "\033[31m", false }, odd = { "\033[33m", false },
				  alarm = { "\033[1;31m", true };

	switch (event->kind) {
	case EVENT_TOOL_EXEC:
	case EVENT_MODULE_COMING:
	case EVENT_MODULE_PRESENT:
		return dim;
	case EVENT_MODULE_LOAD:
	case EVENT_MODULE_UNLOAD:
		if (!text_is(&event->outcome, "success"))
			return bad;
		return event->module.is_signed.known == KNOWN && !event->module.is_signed.value ? odd : good;
	case EVENT_MODULE_HIDDEN:
	case EVENT_MODULE_MISSED:
	case EVENT_EVENTS_LOST:
	case EVENT_MONITOR_BLIND:
	case EVENT_MONITOR_TOUCHED:
		return alarm;
	case EVENT_MODULE_POLICY:
	case EVENT_ATTEMPTS_SUPPRESSED:
		return odd;
	case EVENT_MONITOR_RECOVERED:
		return good;
	case EVENT_AUDIT_PARITY:
		return text_is(&event->outcome, "parity") ? good : odd;
	case EVENT_MONITOR_START:
		return event->degraded.known == KNOWN && event->degraded.value ? alarm : none;
	default:
		return none;
	}
}

static void add_date(struct phrase *phrase, const struct tm *tm)
{
	char date[64], zone[32];

	strftime(date, sizeof(date), "%A, %-d %B %Y", tm);
	strftime(zone, sizeof(zone), "%Z", tm);
	phrase_addf(phrase, "%s, ", date);
	phrase_token(phrase, zone, strlen(zone)); /* $TZ says what it is */
	phrase_control(phrase, "\n");
	phrase->columns = 0;
}

/* The time, with a line for the day before it where that is another than the last line's. ns: since 1970. */
static void add_time(struct terminal *terminal, uint64_t ns, const char *style, struct phrase *line)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	if (tm.tm_year != terminal->year || tm.tm_yday != terminal->day)
		add_date(line, &tm);
	terminal->year = tm.tm_year;
	terminal->day = tm.tm_yday;
	phrase_control(line, style);
	phrase_addf(line, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	phrase_pad(line, VERB_COLUMN);
}

static int finish(struct phrase *line, char **out, size_t *size)
{
	phrase_control(line, "\n");
	if (line->failed) {
		phrase_clear(line);
		return -ENOMEM;
	}
	*out = line->bytes; /* the caller's now */
	*size = line->size;
	return 0;
}

int terminal_render(struct terminal *terminal, const struct event *event, char **line, size_t *size)
{
	struct phrase made = { .utf8 = terminal->utf8 };
	struct style style = style_of(event);
	const char *start = terminal->colour ? style.start : "", *reset = *start ? "\033[0m" : "";

	if (event->kind == EVENT_MODULE_PRESENT && !terminal->lists_present) {
		terminal->present++;
		*line = NULL;
		*size = 0;
		return 0;
	}
	add_time(terminal, event->time.value, style.whole ? start : "", &made);
	phrase_control(&made, style.whole ? "" : start);
	phrase_add(&made, sentence_verb(event));
	phrase_pad(&made, NAME_COLUMN);
	if (sentence_name(&made, event)) {
		phrase_add(&made, "  ");
		phrase_pad(&made, REST_COLUMN);
	}
	phrase_control(&made, style.whole ? "" : reset);
	sentence_rest(&made, event, &terminal->names, width_of(terminal));
	phrase_control(&made, style.whole ? reset : "");
	return finish(&made, line, size);
}

int terminal_render_present(struct terminal *terminal, uint64_t time, char **line, size_t *size)
{
	struct phrase made = { .utf8 = terminal->utf8 };

	if (!terminal->present) {
		*line = NULL;
		*size = 0;
		return 0;
	}
	add_time(terminal, time, "", &made);
	phrase_add(&made, "present");
	phrase_pad(&made, NAME_COLUMN);
	phrase_addf(&made, "%zu module%s already loaded; -v lists %s", terminal->present,
		    terminal->present == 1 ? " is" : "s are", terminal->present == 1 ? "it" : "them");
	terminal->present = 0;
	return finish(&made, line, size);
}
