// SPDX-License-Identifier: BSD-2-Clause
#include "load_details.h"
#include "requests.h"

#include <errno.h>

void load_details_requester(struct load_details *load_details, uint32_t pid, const struct subject *subject,
			    struct event *event)
{
	struct requested_by_part *part = &event->requested_by;
	const struct request *request;
	struct record_view view;

	part->known = requests_find(load_details->handover, pid, subject, &request);
	if (part->known != KNOWN)
		return;
	view = attempt_kept(request->record);
	part->id = decode_id(&view.record->header, &load_details->buffer);
	part->alias = record_text(&view, &view.record->module_request.alias);
	decode_process(&view, &view.record->module_request.subject, load_details->boot_offset, &load_details->buffer,
		       &part->process);
	event->requester = part->process.uid;
}

void load_details_requester_uid(const struct load_details *load_details, uint32_t pid, const struct subject *subject,
				struct event *event)
{
	const struct request *request;

	if (requests_find(load_details->handover, pid, subject, &request) == KNOWN)
		event->requester = number_of(attempt_kept(request->record).record->module_request.subject.uid);
}

void load_details_image(struct load_details *load_details, const struct record_header *header, const struct call *call,
			struct event *event)
{
	images_describe(load_details->images, header, call, load_details->hash, &event->source);
}

/*
 * Whether the kernel accepted the signature. It asks nobody for a module that is to be loaded whatever its version is
 * said to be (module_sig_check()), and lets in what is signed by a key that it does not know, where it need not be.
 */
static struct number is_verified(const struct call *call, const struct number *is_signed)
{
	enum { IGNORES = 1 | 2 }; /* uapi/linux/module.h: MODULE_INIT_IGNORE_MODVERSIONS, MODULE_INIT_IGNORE_VERMAGIC */
	bool refused = call->end == END_RETURNED && !call->module_seen && call->read_done &&
		       (call->ret == -EKEYREJECTED || call->ret == -EBADMSG);

	if (is_signed->known == KNOWN && is_signed->value)
		return number_of(true);
	if (call->module_call != CALL_INIT_MODULE && call->flags & IGNORES)
		return NUMBER_UNKNOWN;
	return refused || is_signed->known == KNOWN ? number_of(false) : NUMBER_UNKNOWN;
}

void load_details_signature(struct load_details *load_details, const struct call *call, const struct open_attempt *open,
			    struct event *event)
{
	struct signature *signature = &load_details->signature;
	struct text appended = { 0 };
	const char *why = "what is appended to the module was not seen";

	if (call->appended == APPENDED_NOTHING || (call->appended == APPENDED_UNKNOWN && !call->module_seen))
		return; /* unsigned, or it was never looked at */
	if (open && open->signature) {
		struct record_view view = attempt_kept(open->signature);

		appended = record_text(&view, &view.record->module_signature.appended);
	}
	if (appended.known == KNOWN)
		why = signature_read(appended.bytes, appended.size, signature);
	if (why) {
		event->signature.known = UNKNOWN;
		event->signature_reason = text_of(why);
		return;
	}
	event->signature = (struct signature_part) {
		.known = KNOWN,
		.signer = {
			.known = signature->has_signer ? KNOWN : UNKNOWN,
			.truncated = signature->signer_cut,
			.size = signature->signer_size,
			.bytes = signature->signer,
		},
		.key_id = text_of(signature->key_id),
		.hash_algo = text_of(signature->hash_algo),
		.verified = is_verified(call, &event->module.is_signed),
	};
}
