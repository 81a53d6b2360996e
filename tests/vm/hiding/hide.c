// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Init functions of harmless modules that hide: each does one thing that rootkits do, and nothing else. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include VMLINUX /* the kernel's own types, from its BTF */

extern struct module __this_module;
extern void kobject_del(struct kobject *kobj);
extern void msleep(unsigned int ms);
extern struct task_struct *kthread_create_on_node(int (*run)(void *), void *data, int node, const char *name, ...);
extern int wake_up_process(struct task_struct *task);

int hide_list(void);
int hide_sysfs(void);
int hide_asleep(void);
int hide_later(void);
int hide_nothing(void);
int slow(void);
int slow_failure(void);
int long_init(void);
int long_failure(void);

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

/* In an init that never returns. */
int hide_asleep(void)
{
	hide_list();
	for (;;)
		msleep(1000000);
}

static int hide_after_five_seconds(void *unused)
{
	msleep(5000);
	return hide_list();
}

int hide_later(void)
{
	wake_up_process(kthread_create_on_node(hide_after_five_seconds, 0, -1, "later"));
	return 0;
}

/* The rest hide nothing: one whose name is what matters, and inits that take their time. */
int hide_nothing(void)
{
	return 0;
}

int slow(void)
{
	msleep(4000);
	return 0;
}

int slow_failure(void)
{
	msleep(4000);
	return -19; /* ENODEV */
}

/* Long enough for a kmodwatch to start meanwhile, where the clock counts instructions. */
int long_init(void)
{
	msleep(30000);
	return 0;
}

int long_failure(void)
{
	msleep(30000);
	return -19; /* ENODEV */
}
