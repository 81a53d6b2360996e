// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/calls/record.h"
#include "records.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct made made;

static int view_error(const void *bytes, size_t size)
{
	struct record_view view;
	void *copy = exact_copy(bytes, size);
	int err = record_view(copy, size, &view);

	free(copy);
	return err;
}

static void sizes(void **state)
{
	for (uint32_t kind = 0; kind < RECORD_KINDS + 2; kind++) {
		size_t fixed = made_fixed_size(kind);

		made_begin(&made, kind, 7, 1);
		for (int wrong = -1; wrong <= 1; wrong++) {
			size_t size = fixed ? fixed + wrong : sizeof(struct record_header);

			made.record.header.size = size;
			assert_int_equal(view_error(&made, size), fixed && !wrong ? 0 : -EBADMSG);
			assert_int_equal(view_error(&made, size - 1), -EBADMSG);
			/* with text, the struct's place is that of the largest */
			made.record.header.text_size = 5;
			made.record.header.size = RECORD_FIXED + 5 + wrong;
			assert_int_equal(view_error(&made, RECORD_FIXED + 5 + wrong), fixed && !wrong ? 0 : -EBADMSG);
			made.record.header.text_size = UINT32_MAX;
			assert_int_equal(view_error(&made, RECORD_FIXED + 5 + wrong), -EBADMSG);
			made.record.header.text_size = 0;
		}
	}
	for (size_t size = 0; size < sizeof(struct record_header); size++) {
		made.record.header.size = size;
		assert_int_equal(view_error(&made, size), -EBADMSG);
	}
}

static void spans(void **state)
{
	static const struct {
		struct span span;
		enum known known;
		const char *text;
	} rows[] = {
		{ { .offset = 0, .size = 5, .state = SPAN_KNOWN }, KNOWN, "hello" },
		{ { .offset = 1, .size = 4, .state = SPAN_KNOWN }, KNOWN, "ello" },
		{ { .offset = 5, .size = 0, .state = SPAN_KNOWN }, KNOWN, "" },
		{ { .offset = 0, .size = 6, .state = SPAN_KNOWN }, UNKNOWN, NULL },
		{ { .offset = 5, .size = 1, .state = SPAN_KNOWN }, UNKNOWN, NULL },
		{ { .offset = 6, .size = 0, .state = SPAN_KNOWN }, UNKNOWN, NULL },
		{ { .offset = 65535, .size = 65535, .state = SPAN_KNOWN }, UNKNOWN, NULL },
		{ { .offset = 0, .size = 5, .state = SPAN_UNKNOWN }, UNKNOWN, NULL },
		{ { .offset = 0, .size = 5, .state = 9 }, UNKNOWN, NULL },
		{ { .offset = 0, .size = 5, .state = SPAN_ABSENT }, ABSENT, NULL },
	};
	struct record_view view;

	made_begin(&made, RECORD_MODULE_REQUEST, 7, 1);
	made_bytes(&made, "hello", 5);
	assert_int_equal(record_view(&made, made_finish(&made), &view), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text text = record_text(&view, &rows[i].span);

		assert_known(text, rows[i].known);
		if (rows[i].text)
			assert_text(text, rows[i].text);
	}
	assert_cut_text(record_text(&view, &(struct span) { .size = 2, .state = SPAN_KNOWN, .cut = 1 }), "he");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(spans),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
