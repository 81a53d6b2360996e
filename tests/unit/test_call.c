// SPDX-License-Identifier: BSD-2-Clause
/* What records say of a call and of its module. */
#include "../../user/calls/decode_call.h"
#include "records.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static struct made made;
static struct decode_buffer buffer;

static struct module_part module_of_made(void)
{
	struct module_part module;
	struct record_view view;

	buffer.used = 0;
	assert_int_equal(record_view(&made, made_finish(&made), &view), 0);
	decode_module(&view, &made.record.module.module, &buffer, &module);
	return module;
}

static struct syscall_part syscall_of(struct call call)
{
	struct syscall_part part;

	buffer.used = 0;
	decode_call(&call, &buffer, &part);
	return part;
}

static void whole_module(void **state)
{
	struct module_part module;

	made_sample(&made, RECORD_MODULE_COMING, 7, 1);
	module = module_of_made();
	assert_known(module, KNOWN);
	assert_text(module.name, "x");
	assert_known(module.name_from, ABSENT);
	assert_known(module.params, ABSENT);
	assert_text(module.version, "1.0");
	assert_text(module.srcversion, "A1B2");
	assert_text(module.taints, "OE");
	assert_string_equal(joined_texts(&module.taint_names), "out-of-tree unsigned ");
	assert_number(module.is_signed, 0);
	assert_number(module.size, 16384);
	assert_text(module.state, "coming");
	assert_text(module.license, "GPL v2");
	assert_int_equal(module.license.truncated, false);
	memset(made.record.module.module.license, 'l', LICENSE_SIZE - 1);
	module = module_of_made();
	assert_int_equal(module.license.size, LICENSE_SIZE - 1);
	assert_int_equal(module.license.truncated, true);
	made.record.module.module.license[0] = '\0';
	assert_known(module_of_made().license, ABSENT);
	made.record.module.module.license_read = 0;
	assert_known(module_of_made().license, UNKNOWN);
}

static void module_without(void **state)
{
	struct module_part module;

	made_begin(&made, RECORD_MODULE_COMING, 7, 1);
	memset(made.record.module.module.name, 'n', MODULE_NAME_SIZE);
	made.record.module.module.sig_ok = -1;
	made.record.module.module.state = 4;
	made.record.module.module.version.state = SPAN_UNKNOWN;
	module = module_of_made();
	assert_int_equal(module.name.size, MODULE_NAME_SIZE);
	assert_known(module.version, UNKNOWN);
	assert_known(module.srcversion, ABSENT);
	assert_text(module.taints, "");
	assert_string_equal(joined_texts(&module.taint_names), "");
	assert_known(module.is_signed, UNKNOWN);
	assert_known(module.state, UNKNOWN);
	made.record.module.module.sig_ok = 1;
	assert_number(module_of_made().is_signed, 1);
}

static void states(void **state)
{
	static const char *const names[] = { "live", "coming", "going", "unformed" };

	for (size_t i = 0; i < COUNT(names); i++) {
		made_begin(&made, RECORD_MODULE_FREE, 7, 1);
		made.record.module.module.state = i;
		assert_text(module_of_made().state, names[i]);
	}
}

static void calls(void **state)
{
	static const struct {
		uint8_t call;
		const char *name;
	} rows[] = {
		{ CALL_INIT_MODULE, "init_module" },
		{ CALL_FINIT_MODULE, "finit_module" },
		{ CALL_DELETE_MODULE, "delete_module" },
	};
	static const char *const abis[] = { NULL, "x86_64", "i386", "x32", "aarch64", "arm", NULL };

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_text(syscall_of((struct call) { .module_call = rows[i].call }).name, rows[i].name);
	assert_known(syscall_of((struct call) { .module_call = CALL_UNKNOWN }).name, UNKNOWN);
	assert_known(syscall_of((struct call) { .module_call = 255 }).name, UNKNOWN);
	for (size_t i = 0; i < COUNT(abis); i++) {
		struct text abi = syscall_of((struct call) { .abi = i }).abi;

		if (abis[i])
			assert_text(abi, abis[i]);
		else
			assert_known(abi, UNKNOWN);
	}
	assert_known(syscall_of((struct call) { .duration_ns = 0 }).duration_ns, ABSENT);
	assert_number(syscall_of((struct call) { .duration_ns = 9 }).duration_ns, 9);
}

static void results(void **state)
{
	static const struct {
		int64_t ret;
		const char *name;
	} rows[] = {
		{ -EPERM, "EPERM" },
		{ -ENOENT, "ENOENT" },
		{ -EEXIST, "EEXIST" },
		{ -EWOULDBLOCK, "EAGAIN" },
		{ -ENOEXEC, "ENOEXEC" },
		{ -EBADF, "EBADF" },
		{ -EKEYREJECTED, "EKEYREJECTED" },
		{ -512, "ERESTARTSYS" },
		{ -515, "515" }, /* the kernel's own too, and none of a call */
		{ -4095, "4095" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct syscall_part part = syscall_of((struct call) { .ret = rows[i].ret });

		assert_number(part.ret, (uint64_t)rows[i].ret);
		assert_text(part.errno_name, rows[i].name);
	}
	assert_number(syscall_of((struct call) { .ret = 0 }).ret, 0);
	assert_known(syscall_of((struct call) { .ret = 0 }).errno_name, ABSENT);
	assert_known(syscall_of((struct call) { .ret = 1 }).errno_name, ABSENT);
}

/* Negated or cut to an int they would be another error's name. */
static void impossible_results(void **state)
{
	static const struct {
		int64_t ret;
		const char *name;
	} rows[] = {
		{ -(1ll << 32) - EPERM, "4294967297" },
		{ INT64_MIN, "9223372036854775808" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_text(syscall_of((struct call) { .ret = rows[i].ret }).errno_name, rows[i].name);
}

static void flags(void **state)
{
	static const struct {
		uint8_t call;
		uint64_t flags;
		const char *names;
	} rows[] = {
		{ CALL_FINIT_MODULE, 0, "" },
		{ CALL_FINIT_MODULE, 1, "IGNORE_MODVERSIONS " },
		{ CALL_FINIT_MODULE, 7, "IGNORE_MODVERSIONS IGNORE_VERMAGIC COMPRESSED_FILE " },
		{ CALL_FINIT_MODULE, 0x8000000a, "IGNORE_VERMAGIC 0x8 0x80000000 " },
		{ CALL_FINIT_MODULE, O_TRUNC, "0x200 " },
		{ CALL_DELETE_MODULE, O_NONBLOCK, "O_NONBLOCK " },
		{ CALL_DELETE_MODULE, O_TRUNC | O_NONBLOCK | 1, "0x1 O_TRUNC O_NONBLOCK " },
	};
	struct syscall_part part;

	for (size_t i = 0; i < COUNT(rows); i++) {
		part = syscall_of((struct call) { .module_call = rows[i].call, .flags = rows[i].flags });
		assert_known(part.flags, KNOWN);
		assert_string_equal(joined_texts(&part.flags), rows[i].names);
	}
	part = syscall_of((struct call) { .module_call = CALL_FINIT_MODULE, .flags = UINT64_MAX });
	assert_int_equal(part.flags.count, 32);
	part = syscall_of((struct call) { .module_call = CALL_INIT_MODULE, .flags = 1 });
	assert_known(part.flags, ABSENT);
}

static void called_modules(void **state)
{
	static const struct {
		struct call call;
		const char *name, *from; /* NULL: unknown */
	} rows[] = {
		{ { .module_call = CALL_FINIT_MODULE, .name = "x" }, "x", "image" },
		{ { .module_call = CALL_INIT_MODULE, .name = "x" }, "x", "image" },
		{ { .module_call = CALL_FINIT_MODULE }, NULL, NULL },
		{ { .module_call = CALL_DELETE_MODULE, .name_read = 1, .name = "x" }, "x", "caller" },
		{ { .module_call = CALL_DELETE_MODULE, .name_read = 1 }, "", "caller" },
		{ { .module_call = CALL_DELETE_MODULE }, NULL, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct module_part module;

		decode_called_module(&rows[i].call, &module);
		assert_known(module, KNOWN);
		assert_known(module.name_from, rows[i].from ? KNOWN : ABSENT);
		if (rows[i].name) {
			assert_text(module.name, rows[i].name);
			assert_text(module.name_from, rows[i].from);
		} else {
			assert_known(module.name, UNKNOWN);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_module),	  cmocka_unit_test(module_without),
		cmocka_unit_test(states),	  cmocka_unit_test(calls),
		cmocka_unit_test(results),	  cmocka_unit_test(flags),
		cmocka_unit_test(called_modules), cmocka_unit_test(impossible_results),
	};

	return cmocka_run_group_tests_name("call", tests, NULL, NULL);
}
