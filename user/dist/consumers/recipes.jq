# Questions to ask the lines of kmodwatch, for jq 1.6 and later; FOLDER is where this file is:
#   journalctl -u kmodwatch -o cat --output-fields=KMODWATCH_JSON | jq -nRac -L FOLDER 'include "recipes"; causes'
# What is no line of kmodwatch is skipped. With -ac, nothing in a name can break a line, or act on a terminal.

def lines: inputs | fromjson? | select(type == "object" and has("schema"));
def of(kind): lines | select(.kind == kind);
def whose: [.uid, .exe];

# [time, module, uid, program]: who loaded what. Then, if the kernel was made to do it: by which uid and program, null where
# that is not known.
def causes: of("module_load") | select(.outcome == "success")
	| [.time, .module.name] + (.process | whose) + (if has("requested_by") then .requested_by.process | whose else [] end);

# {uid, errno, count}: failed loads by user and reason, the most frequent first.
def failures: [of("module_load") | select(.outcome == "failure") | {uid: .process.uid, errno: .syscall.errno}]
	| group_by(.) | map(.[0] + {count: length}) | sort_by(-.count) | .[];

# [time, module, path, uid, program]: loads of what is no signed file below /lib/modules, or is not known to be one.
def foreign: of("module_load") | select(.outcome != "failure" and .module
		and (.module.signed != true or .source.kind != "file" or .source.path_foreign
			or (.source.path // "" | test("^(/usr)?/lib/modules/") | not)))
	| [.time, .module.name, .source.path] + (.process | whose);

# [time, kind, outcome, module or alias, uid, program]: what happened, in order.
def timeline: [lines] | sort_by(.time) | .[] | [.time, .kind, .outcome, (.module.name // .alias)] + (.process | whose);

# [time, outcome, module, uid, program]: unloads.
def unloads: of("module_unload") | [.time, .outcome, .module.name] + (.process | whose);

# {alias, uid, exe, count}: who made the kernel ask for a module, the most frequent first.
def requesters: [of("module_request") | {alias, uid: .process.uid, exe: .process.exe}]
	| group_by(.) | map(.[0] + {count: length}) | sort_by(-.count) | .[];
