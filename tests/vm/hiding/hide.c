// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Init functions of harmless modules that hide: each does one thing that rootkits do, and nothing else. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include VMLINUX /* the kernel's own types, from its BTF */

extern struct module __this_module;
extern void kobject_del(struct kobject *kobj);

int hide_list(void);
int hide_sysfs(void);

/* Out of the list that /proc/modules shows. */
int hide_list(void)
{
	struct list_head *list = &__this_module.list;

	list->prev->next = list->next;
	list->next->prev = list->prev;
	list->next = list->prev = list;
	return 0;
}

/* Out of /sys/module. */
int hide_sysfs(void)
{
	kobject_del(&__this_module.mkobj.kobj);
	return 0;
}
