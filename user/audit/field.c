// SPDX-License-Identifier: BSD-2-Clause
#include "field.h"
#include "root.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

const char *field_say(struct arena *arena, const char *format, ...)
{
	char text[512];
	va_list args;
	char *copy;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	copy = arena_text(arena, text, strlen(text));
	return copy ? copy : "no memory to say what";
}

/* In the order in which auditctl looks for them: the first that stands anywhere in the text is the one. */
static const struct {
	const char *sign;
	uint32_t op;
} operators[] = {
	{ "!=", AUDIT_NOT_EQUAL },
	{ ">=", AUDIT_GREATER_THAN_OR_EQUAL },
	{ "<=", AUDIT_LESS_THAN_OR_EQUAL },
	{ "&=", AUDIT_BIT_TEST },
	{ "=", AUDIT_EQUAL },
	{ ">", AUDIT_GREATER_THAN },
	{ "<", AUDIT_LESS_THAN },
	{ "&", AUDIT_BIT_MASK },
};

/* Cuts the pair; false where there is no operator. */
static bool cut(const char *pair, struct arena *arena, char **name, uint32_t *op, char **value)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		const char *sign = strstr(pair, operators[i].sign);

		if (!sign)
			continue;
		*name = arena_text(arena, pair, (size_t)(sign - pair));
		sign += strlen(operators[i].sign);
		*value = arena_text(arena, sign, strlen(sign));
		*op = operators[i].op;
		return *name && *value;
	}
	return false;
}

static bool starts_number(const char *value, bool negative)
{
	if (isdigit((unsigned char)*value))
		return true;
	return negative && *value == '-' && isdigit((unsigned char)value[1]);
}

/* As auditctl: base by prefix, what follows the digits is not looked at, the low 32 bits count. */
static uint32_t number(const char *value)
{
	return *value == '-' ? (uint32_t)strtol(value, NULL, 0) : (uint32_t)strtoul(value, NULL, 0);
}

static uint32_t signed_number(const char *value)
{
	return (uint32_t)strtol(value, NULL, 0);
}

static const char *parse_user(const char *value, struct field_context *context, uint32_t *id)
{
	const struct passwd *user;

	if (starts_number(value, true)) {
		*id = number(value);
	} else if (strcmp(value, "unset") == 0) {
		*id = UINT32_MAX;
	} else {
		user = root_user(value);
		if (!user)
			return field_say(context->arena, "there is no user %s on this machine", value);
		*id = user->pw_uid;
	}
	return NULL;
}

static const char *parse_group(const char *value, struct field_context *context, uint32_t *id)
{
	const struct group *group;

	if (starts_number(value, false)) {
		*id = signed_number(value);
		return NULL;
	}
	group = root_group(value);
	if (!group)
		return field_say(context->arena, "there is no group %s on this machine", value);
	*id = group->gr_gid;
	return NULL;
}

static const char *parse_exit(const char *value, struct field_context *context, uint32_t *code)
{
	int error;

	if (context->list != AUDIT_FILTER_EXIT)
		return "exit can only be used with the exit list";
	if (starts_number(value, true)) {
		*code = signed_number(value);
		return NULL;
	}
	error = audit_name_to_errno(value);
	if (error == 0)
		return field_say(context->arena, "%s is not the name of an error", value);
	*code = (uint32_t)error;
	return NULL;
}

static const char *parse_msgtype(const char *value, struct field_context *context, uint32_t *type)
{
	int found;

	if (context->list != AUDIT_FILTER_EXCLUDE && context->list != AUDIT_FILTER_USER)
		return "msgtype can only be used with the exclude and user lists";
	if (starts_number(value, false)) {
		*type = signed_number(value);
		return NULL;
	}
	found = audit_name_to_msg_type(value);
	if (found <= 0)
		return field_say(context->arena, "%s is not a record type", value);
	*type = (uint32_t)found;
	return NULL;
}

static const char *parse_arch(const char *value, struct field_context *context, uint32_t op, uint32_t *elf)
{
	uint32_t found;

	if (context->calls_given)
		return "arch must come before -S and is not for watches";
	if (op != AUDIT_EQUAL && op != AUDIT_NOT_EQUAL)
		return "arch only takes = and !=";
	if (starts_number(value, false)) {
		errno = 0;
		found = (uint32_t)strtoul(value, NULL, 0);
		if (errno || audit_elf_to_machine(found) < 0)
			return field_say(context->arena, "%s is not an architecture", value);
	} else {
		found = audit_machine_to_elf(audit_determine_machine(value));
		if (found == 0)
			return field_say(context->arena, "%s is not an architecture of this machine", value);
	}
	context->elf = *elf = found;
	return NULL;
}

bool field_parse_perm(const char *text, uint32_t *perm)
{
	uint32_t bits = 0;

	if (strlen(text) > 4)
		return false;
	for (; *text; text++) {
		switch (tolower((unsigned char)*text)) {
		case 'r':
			bits |= AUDIT_PERM_READ;
			break;
		case 'w':
			bits |= AUDIT_PERM_WRITE;
			break;
		case 'x':
			bits |= AUDIT_PERM_EXEC;
			break;
		case 'a':
			bits |= AUDIT_PERM_ATTR;
			break;
		default:
			return false;
		}
	}
	*perm = bits;
	return true;
}

static const char *parse_perm(const char *value, struct field_context *context, uint32_t op, uint32_t *perm)
{
	if (context->list != AUDIT_FILTER_EXIT)
		return "perm can only be used with the exit list";
	if (op != AUDIT_EQUAL)
		return "perm only takes =";
	if (!field_parse_perm(value, perm))
		return field_say(context->arena, "perm=%s: up to four letters of rwxa", value);
	context->keyable = true;
	return NULL;
}

static const char *parse_text(uint32_t type, const char *value, struct field_context *context, uint32_t op)
{
	bool object =
	    (type >= AUDIT_OBJ_USER && type <= AUDIT_OBJ_LEV_HIGH) || type == AUDIT_WATCH || type == AUDIT_DIR;

	if (object && context->list != AUDIT_FILTER_EXIT)
		return field_say(context->arena, "%s can only be used with the exit list", rule_field_name(type));
	if (type == AUDIT_EXE && op != AUDIT_EQUAL && op != AUDIT_NOT_EQUAL)
		return "exe only takes = and !=";
	if (type == AUDIT_WATCH || type == AUDIT_DIR || type == AUDIT_EXE)
		context->keyable = true;
	if (type == AUDIT_FILTERKEY && !context->calls_given && !context->keyable)
		return "a key needs a watch, -S, path, perm or exe before it";
	if (strlen(value) > (type == AUDIT_FILTERKEY ? AUDIT_MAX_KEY_LEN : PATH_MAX))
		return field_say(context->arena, "the value of %s is too long", rule_field_name(type));
	return NULL;
}

static const char *parse_fstype(const char *value, struct field_context *context, uint32_t op, uint32_t *magic)
{
	if (context->list != AUDIT_FILTER_FS)
		return "fstype can only be used with the filesystem list";
	if (op != AUDIT_EQUAL && op != AUDIT_NOT_EQUAL)
		return "fstype only takes = and !=";
	*magic = starts_number(value, false) ? number(value) : (uint32_t)audit_name_to_fstype(value);
	if (*magic == UINT32_MAX)
		return field_say(context->arena, "%s is not a file system type that auditctl knows", value);
	context->keyable = true;
	return NULL;
}

static const char *parse_session(const char *value, struct field_context *context, uint32_t *session)
{
	if (context->list != AUDIT_FILTER_EXCLUDE && context->list != AUDIT_FILTER_USER &&
	    context->list != AUDIT_FILTER_EXIT)
		return "sessionid can only be used with the exit, exclude and user lists";
	if (starts_number(value, true))
		*session = number(value);
	else if (strcmp(value, "unset") == 0)
		*session = UINT32_MAX;
	else
		*session = 0; /* auditctl takes any other word, and sends this */
	return NULL;
}

static const char *parse_argument(const char *value, uint32_t *argument)
{
	if (!starts_number(value, true))
		return "the value should be a number";
	*argument = number(value);
	return NULL;
}

static const char *parse_filetype(const char *value, struct field_context *context, uint32_t *type)
{
	int found = audit_name_to_ftype(value);

	if (context->list != AUDIT_FILTER_EXIT)
		return "filetype can only be used with the exit list";
	if (found < 0)
		return field_say(context->arena, "%s is not a file type", value);
	*type = (uint32_t)found;
	return NULL;
}

static const char *parse_number(uint32_t type, const char *value, struct field_context *context, uint32_t op,
				uint32_t *out)
{
	bool exit_only = (type >= AUDIT_DEVMAJOR && type <= AUDIT_INODE) || type == AUDIT_SUCCESS || type == AUDIT_PPID;

	if (exit_only && context->list != AUDIT_FILTER_EXIT)
		return field_say(context->arena, "%s can only be used with the exit list", rule_field_name(type));
	if (type == AUDIT_INODE && op != AUDIT_EQUAL && op != AUDIT_NOT_EQUAL)
		return "inode only takes = and !=";
	if (!starts_number(value, false))
		return field_say(context->arena, "the value of %s should be a number", rule_field_name(type));
	*out = type == AUDIT_INODE ? number(value) : signed_number(value);
	return NULL;
}

static const char *parse_value(uint32_t type, const char *value, struct field_context *context, uint32_t op,
			       uint32_t *out)
{
	switch (type) {
	case AUDIT_UID:
	case AUDIT_EUID:
	case AUDIT_SUID:
	case AUDIT_FSUID:
	case AUDIT_LOGINUID:
	case AUDIT_OBJ_UID:
		return parse_user(value, context, out);
	case AUDIT_GID:
	case AUDIT_EGID:
	case AUDIT_SGID:
	case AUDIT_FSGID:
	case AUDIT_OBJ_GID:
		return parse_group(value, context, out);
	case AUDIT_EXIT:
		return parse_exit(value, context, out);
	case AUDIT_MSGTYPE:
		return parse_msgtype(value, context, out);
	case AUDIT_ARCH:
		return parse_arch(value, context, op, out);
	case AUDIT_PERM:
		return parse_perm(value, context, op, out);
	case AUDIT_FILETYPE:
		return parse_filetype(value, context, out);
	case AUDIT_FSTYPE:
		return parse_fstype(value, context, op, out);
	case AUDIT_ARG0:
	case AUDIT_ARG1:
	case AUDIT_ARG2:
	case AUDIT_ARG3:
		return parse_argument(value, out);
	case AUDIT_SESSIONID:
		return parse_session(value, context, out);
	case AUDIT_SADDR_FAM:
		*out = number(value);
		return *out < AF_MAX ? NULL : "there is no such address family";
	default:
		if (rule_field_is_text(type))
			return parse_text(type, value, context, op);
		return parse_number(type, value, context, op, out);
	}
}

/* What the exclude list can look at: there is no system call there, only a record and its task. */
static bool fits_exclude(uint32_t type)
{
	return type == AUDIT_PID || type == AUDIT_UID || type == AUDIT_GID || type == AUDIT_LOGINUID ||
	       type == AUDIT_MSGTYPE || type == AUDIT_EXE || (type >= AUDIT_SUBJ_USER && type <= AUDIT_SUBJ_CLR);
}

const char *field_parse(const char *pair, struct field_context *context, struct rule_field *field)
{
	struct rule_field read = { 0 };
	const char *wrong;
	char *name, *value;
	int type;

	if (!cut(pair, context->arena, &name, &read.op, &value))
		return field_say(context->arena, "%s has no operator: name=value is wanted", pair);
	if (!*name)
		return field_say(context->arena, "the field's name is missing before %s", pair);
	if (!*value)
		return field_say(context->arena, "the value of %s is missing", name);
	type = audit_name_to_field(name);
	if (type < 0)
		return field_say(context->arena, "there is no field %s", name);
	if (context->list == AUDIT_FILTER_EXCLUDE && !fits_exclude((uint32_t)type))
		return field_say(context->arena, "%s cannot be used with the exclude list", name);
	read.type = (uint32_t)type;
	wrong = parse_value(read.type, value, context, read.op, &read.value);
	if (wrong)
		return wrong;
	if (rule_field_is_text(read.type))
		read.text = value;
	*field = read;
	return NULL;
}
