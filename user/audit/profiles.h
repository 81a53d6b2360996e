/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in profiles. This is the only list of them: a line for each, whose rules are profiles/NAME.rules. */
#ifndef KMODWATCH_AUDIT_PROFILES_H
#define KMODWATCH_AUDIT_PROFILES_H

/* Expands to DEFAULT(symbol, name) for the default profile and to ANOTHER(symbol, name) for each of the others. */
#define PROFILES(DEFAULT, ANOTHER)        \
	DEFAULT(cis_rhel7, "cis-rhel7")   \
	ANOTHER(stig_rhel8, "stig-rhel8") \
	ANOTHER(stig_rhel9, "stig-rhel9") \
	ANOTHER(cis_v2, "cis-v2")         \
	ANOTHER(complete, "complete")

#define PROFILE_NAME(symbol, name) name
#define PROFILE_COMMA_NAME(symbol, name) ", " name
#define PROFILE_NAME_AS_DEFAULT(symbol, name) name " (the default)"
#define PROFILE_NOTHING(symbol, name)

#define PROFILE_DEFAULT PROFILES(PROFILE_NAME, PROFILE_NOTHING)
/* All names, for messages. */
#define PROFILE_NAMES PROFILES(PROFILE_NAME, PROFILE_COMMA_NAME)
#define PROFILE_NAMES_AND_DEFAULT PROFILES(PROFILE_NAME_AS_DEFAULT, PROFILE_COMMA_NAME)

#endif
