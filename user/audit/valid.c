// SPDX-License-Identifier: BSD-2-Clause
#include "valid.h"
#include "root.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool is_id(uint32_t type)
{
	switch (type) {
	case AUDIT_UID:
	case AUDIT_EUID:
	case AUDIT_SUID:
	case AUDIT_FSUID:
	case AUDIT_OBJ_UID:
	case AUDIT_LOGINUID:
	case AUDIT_GID:
	case AUDIT_EGID:
	case AUDIT_SGID:
	case AUDIT_FSGID:
	case AUDIT_OBJ_GID:
		return true;
	default:
		return false;
	}
}

/* A login uid of 4294967295 becomes "has a login uid: no" in the kernel, which knows only = and !=. */
static bool is_unset(const struct rule_field *field)
{
	return field->type == AUDIT_LOGINUID && field->value == UINT32_MAX;
}

static bool op_fits(const struct rule_field *field)
{
	bool equality = field->op == AUDIT_EQUAL || field->op == AUDIT_NOT_EQUAL;
	bool bits = field->op == AUDIT_BIT_MASK || field->op == AUDIT_BIT_TEST;

	if (is_unset(field))
		return equality;
	switch (field->type) {
	case AUDIT_ARG0:
	case AUDIT_ARG1:
	case AUDIT_ARG2:
	case AUDIT_ARG3:
	case AUDIT_PERS:
	case AUDIT_DEVMINOR:
		return true;
	case AUDIT_SUBJ_USER:
	case AUDIT_SUBJ_ROLE:
	case AUDIT_SUBJ_TYPE:
	case AUDIT_OBJ_USER:
	case AUDIT_OBJ_ROLE:
	case AUDIT_OBJ_TYPE:
	case AUDIT_WATCH:
	case AUDIT_DIR:
	case AUDIT_FILTERKEY:
	case AUDIT_LOGINUID_SET:
	case AUDIT_ARCH:
	case AUDIT_FSTYPE:
	case AUDIT_PERM:
	case AUDIT_FILETYPE:
	case AUDIT_FIELD_COMPARE:
	case AUDIT_EXE:
		return equality;
	default:
		return !bits;
	}
}

static const char *check_value(const struct rule *rule, const struct rule_field *field)
{
	if (!op_fits(field))
		return "the kernel does not take this operator for this field";
	if (is_id(field->type) && field->value == UINT32_MAX && !is_unset(field))
		return "the kernel takes no id 4294967295 here";
	/* perm, filetype, field_compare and saddr_fam have limits too, but up to 6.1 it looks at the value too early */
	if (field->type == AUDIT_MSGTYPE && rule->list != AUDIT_FILTER_EXCLUDE && rule->list != AUDIT_FILTER_USER)
		return "the kernel takes msgtype in the exclude and user lists only";
	if (field->type == AUDIT_FSTYPE && rule->list != AUDIT_FILTER_FS)
		return "the kernel takes fstype in the filesystem list only";
	if (rule->list == AUDIT_FILTER_FS && field->type != AUDIT_FSTYPE && field->type != AUDIT_FILTERKEY)
		return "the kernel takes only fstype in the filesystem list";
	return NULL;
}

/* The folder that a watched path is in must be there when the rule is loaded; the file itself need not. */
static const char *check_folder(const char *path, struct valid_cache *cache)
{
	const char *slash = strrchr(path, '/');
	size_t size = slash == path ? 1 : (size_t)(slash - path);
	struct stat status;

	if (size >= sizeof(cache->folder))
		return "the kernel takes no path of this length";
	if (strncmp(cache->folder, path, size) || cache->folder[size]) {
		memcpy(cache->folder, path, size);
		cache->folder[size] = '\0';
		cache->result = root_stat(cache->folder, &status) ? errno : S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
	}
	return cache->result ? "the folder of the path does not exist (No such file or directory)" : NULL;
}

static const char *check_path(const struct rule_field *field, struct valid_cache *cache)
{
	size_t length = strlen(field->text);
	const char *name;
	struct stat status;

	if (*field->text != '/')
		return "the kernel takes only paths that start with /";
	if (field->type == AUDIT_DIR)
		return root_lstat(field->text, &status) ? "the folder does not exist (No such file or directory)"
							: NULL;
	if (field->text[length - 1] == '/')
		return "the kernel takes no path that ends with /";
	name = strrchr(field->text, '/') + 1;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "the kernel takes no path that ends with . or ..";
	return check_folder(field->text, cache);
}

const char *valid_check(const struct rule *rule, struct valid_cache *cache)
{
	unsigned int places = 0, exes = 0, keys = 0;
	const char *wrong;

	for (size_t i = 0; i < rule->field_count; i++) {
		const struct rule_field *field = &rule->fields[i];

		wrong = check_value(rule, field);
		if (wrong)
			return wrong;
		switch (field->type) {
		case AUDIT_EXE:
			if (++exes > 1)
				return "the kernel takes one exe in a rule";
			break;
		case AUDIT_FILTERKEY:
			if (++keys > 1)
				return "the kernel takes one key in a rule";
			continue;
		case AUDIT_WATCH:
		case AUDIT_DIR:
			if (field->op != AUDIT_EQUAL)
				return "the kernel takes path and dir with = only";
			/* fall through */
		case AUDIT_INODE:
			if (rule->list != AUDIT_FILTER_EXIT || ++places > 1)
				return "the kernel takes one path, dir or inode in a rule of the exit list";
			break;
		default:
			continue;
		}
		if (field->text) {
			wrong = check_path(field, cache);
			if (wrong)
				return wrong;
		}
	}
	return NULL;
}
