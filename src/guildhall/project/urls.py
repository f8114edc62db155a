"""Which address leads to which door; holds no logic."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from guildhall.evaluation import pages as evaluation
from guildhall.incentives.pages import (
    board,
    claiming,
    employer,
    employer_claim,
    following,
    money,
    policy,
    review,
    unclaimed,
    what_if,
    worker,
)
from guildhall.incentives.pages import counter as claims_counter
from guildhall.incentives.queries.waiting import waiting as claims_waiting
from guildhall.office import pages as office
from guildhall.office.bearer import anyone
from guildhall.office.pages import notices, papers, parameters
from guildhall.overview import api as overview_api
from guildhall.overview import pages as overview
from guildhall.overview.pages import person as own
from guildhall.overview.pages import retention
from guildhall.overview.pages import rulebook as rules
from guildhall.registry import api as registry_api
from guildhall.registry import pages as registry
from guildhall.registry.pages import (
    accounts,
    claims,
    consents,
    corrections,
    counter,
    delegations,
    duplicates,
    employment,
    feeds,
    identity,
    mandates,
    people,
    visits,
)
from guildhall.registry.pages import imports as rosters
from guildhall.registry.queries.looks import GROUNDS
from guildhall.registry.queries.scope import jurisdiction
from guildhall.registry.queries.waiting import waiting
from guildhall.skills import api as skills_api
from guildhall.skills import pages as skills
from guildhall.skills.queries import known_occupations, names_of
from guildhall.web import pages as web
from guildhall.web.answers import interface
from guildhall.web.pages import form_only, read_only, with_form

api = interface(auth=anyone)
for domain in (overview_api, registry_api, skills_api):
    api.add_router("", domain.router)

urlpatterns = [
    path("healthz", read_only(web.health), name="health"),
    path("api/v1/", api.urls),
    path("sign-in/identity/callback/", read_only(office.identity.callback), name="identity_callback"),
    *i18n_patterns(
        path("", read_only(overview.city), name="city"),
        path("rules/", read_only(rules.rulebook), name="rulebook"),
        path("rules/<str:rule>/", read_only(rules.rulebook_rule), name="rulebook_rule"),
        path("figures/", read_only(overview.figures), name="figures"),
        path("figures/<str:figure_id>/", read_only(overview.figure), name="figure"),
        path("districts/<str:place_id>/", read_only(overview.district), name="district"),
        path("parks/", read_only(overview.parks), name="parks"),
        path("parks/<str:place_id>/", read_only(overview.park), name="park"),
        path("assumptions/", read_only(overview.assumptions), name="assumptions"),
        path("sources/", read_only(overview.sources), name="sources"),
        path("open-data/", read_only(overview.open_data), name="open_data"),
        path("open-data/<str:table>.<str:kind>", read_only(overview.open_data_file), name="open_data_file"),
        path("dictionary/", read_only(overview.dictionary), name="dictionary"),
        path("dictionary/<str:domain>/", read_only(overview.dictionary_of), name="dictionary_of"),
        path("places/", read_only(registry.places), name="places"),
        path("places/<str:place_id>/", read_only(registry.place), name="place"),
        path("organisations/", read_only(registry.organisations), name="organisations"),
        path("organisations/<int:organisation_id>/", read_only(registry.organisation), name="organisation"),
        path("organisations/<int:organisation_id>/people/", read_only(people.of_organisation), name="organisation_people"),
        path("people/", with_form(people.people), name="people"),
        path("people/<int:worker_id>/", read_only(people.one), {"occupations": names_of}, name="person"),
        path("people/<int:worker_id>/show/<str:field>/", with_form(people.show), name="reveal"),
        path("occupations/", read_only(skills.occupations), name="occupations"),
        path("gray-collar/", read_only(skills.gray_collar), name="gray_collar"),
        path("occupations/<str:code>/", read_only(skills.occupation), name="occupation"),
        path("sign-in/", read_only(office.sign_in), name="sign_in"),
        path("sign-in/staff/", with_form(office.sign_in_staff), name="account_login"),
        path("sign-in/staff/factor/", with_form(office.factors.second_factor), name="mfa_authenticate"),
        path("sign-in/staff/passkey/", with_form(office.factors.passkey_sign_in), name="mfa_login_webauthn"),
        path("sign-in/staff/closed/", read_only(office.closed), name="account_inactive"),
        path("sign-in/staff/again/", with_form(office.give_up), name="sign_in_again"),
        path("invitation/", with_form(office.invitation), name="invitation_accept"),
        path("invitation/<str:token>/", read_only(office.invitation), name="invitation"),
        path("account/sessions/", with_form(office.sessions), name="sessions"),
        path("account/password/", with_form(office.change_password), name="account_change_password"),
        path("account/confirm/", with_form(office.confirm), name="account_reauthenticate"),
        path("account/confirm/code/", with_form(office.factors.confirm_by_code), name="mfa_reauthenticate"),
        path("account/confirm/passkey/", with_form(office.factors.confirm_by_passkey), name="mfa_reauthenticate_webauthn"),
        path("account/factors/", read_only(office.factors.factors), name="mfa_index"),
        path("account/factors/app/", with_form(office.factors.app_add), name="mfa_activate_totp"),
        path("account/factors/app/remove/", with_form(office.factors.app_remove), name="mfa_deactivate_totp"),
        path("account/factors/codes/", read_only(office.factors.recovery_codes), name="mfa_view_recovery_codes"),
        path("account/factors/codes/new/", with_form(office.factors.recovery_codes_new), name="mfa_generate_recovery_codes"),
        path("account/factors/codes/file/", read_only(office.factors.recovery_codes_file), name="mfa_download_recovery_codes"),
        path("account/factors/passkeys/", read_only(office.factors.passkeys), name="mfa_list_webauthn"),
        path("account/factors/passkeys/add/", with_form(office.factors.passkey_add), name="mfa_add_webauthn"),
        path("account/factors/passkeys/<int:pk>/remove/", with_form(office.factors.passkey_remove), name="mfa_remove_webauthn"),
        path("account/factors/passkeys/<int:pk>/rename/", with_form(office.factors.passkey_rename), name="mfa_edit_webauthn"),
        path("sign-in/phone/", with_form(office.sign_in_phone), name="sign_in_phone"),
        path("sign-in/phone/code/", with_form(office.sign_in_code), name="sign_in_code"),
        path("sign-in/identity/", read_only(office.identity.sign_in_identity), name="sign_in_identity"),
        path("sign-in/identity/cancelled/", read_only(office.identity.cancelled), name="socialaccount_login_cancelled"),
        path("sign-in/identity/failed/", read_only(office.identity.failed), name="socialaccount_login_error"),
        path("sign-in/as/", with_form(office.sign_in_as), name="sign_in_as"),
        path("claim/", with_form(claims.claim), name="claim"),
        path("claim/fact/", read_only(claims.claim_fact), name="claim_fact"),
        path("claim/certificate/", with_form(claims.claim_certificate), name="claim_certificate"),
        path("claim/phone/", with_form(claims.claim_phone), name="claim_phone"),
        path("claim/phone/code/", with_form(claims.claim_code), name="claim_code"),
        path("sign-out/", with_form(office.sign_out), name="sign_out"),
        path("desk/", read_only(office.desk), {"waits": (waiting, claims_waiting)}, name="desk"),
        path("role/", with_form(office.role), name="role"),
        path("duplicates/", with_form(duplicates.duplicates), name="duplicates"),
        path("duplicates/<int:pair_id>/", with_form(duplicates.duplicate), name="duplicate"),
        path("corrections/", read_only(corrections.corrections), name="corrections"),
        path("corrections/<int:correction_id>/", with_form(corrections.correction), name="correction"),
        path("me/employment/<int:spell_id>/", with_form(employment.employment_said), name="employment_said"),
        path("me/correct/", with_form(corrections.correct), name="correct"),
        path("people/<int:worker_id>/name/", with_form(identity.rename), name="rename"),
        path("people/<int:worker_id>/release/", with_form(counter.release), name="release_claim"),
        path("people/<int:worker_id>/claim/", with_form(counter.claim_counter), name="claim_counter"),
        path("people/<int:worker_id>/claim/code/", with_form(counter.claim_counter_code), name="claim_counter_code"),
        path("people/<int:worker_id>/phone/", with_form(identity.change_phone), name="change_phone"),
        path("people/<int:worker_id>/documents/", with_form(identity.documents), name="documents"),
        path("people/<int:worker_id>/number/", with_form(identity.number), name="number"),
        path("rosters/", read_only(rosters.imports_), name="imports"),
        path("rosters/new/", read_only(rosters.import_new), name="import_new"),
        path("rosters/new/<int:organisation_id>/", with_form(rosters.import_file), {"occupations": known_occupations}, name="import_file"),
        path("rosters/<int:batch_id>/", with_form(rosters.import_), name="import"),
        path(
            "rosters/<int:batch_id>/columns/", with_form(rosters.import_columns), {"occupations": known_occupations}, name="import_columns"
        ),
        path("rosters/<int:batch_id>/check/", with_form(rosters.import_check), name="import_check"),
        path("rosters/<int:batch_id>/rejected/", read_only(rosters.import_rejected), name="import_rejected"),
        path("feeds/", read_only(feeds.feeds_), name="feeds"),
        path("feeds/<str:kind>/load/", with_form(feeds.feed_file), {"occupations": known_occupations}, name="feed_file"),
        path("feeds/files/<int:batch_id>/", with_form(feeds.feed_import), name="feed_import"),
        path("feeds/files/<int:batch_id>/rejected/", read_only(feeds.feed_rejected), name="feed_rejected"),
        path("accounts/", read_only(accounts.accounts), name="accounts"),
        path("accounts/new/", with_form(accounts.account_new), name="account_new"),
        path("accounts/<int:account_id>/", read_only(accounts.account), name="account"),
        path("accounts/<int:account_id>/give/", with_form(accounts.account_give), name="account_give"),
        path("accounts/<int:account_id>/roles/<int:grant_id>/", with_form(accounts.account_end), name="account_end"),
        path("accounts/<int:account_id>/asked/<int:wish_id>/", with_form(accounts.account_asked), name="account_asked"),
        path("accounts/<int:account_id>/close/", with_form(accounts.account_close), name="account_close"),
        path("accounts/<int:account_id>/link/", with_form(accounts.account_invite), name="account_invite"),
        path("organisations/claim/", with_form(delegations.claim_organisation), name="claim_organisation"),
        path("organisations/<int:organisation_id>/representative/", with_form(delegations.representative), name="representative"),
        path("delegations/", with_form(delegations.delegations), name="delegations"),
        path("mandates/", with_form(mandates.mandates), name="mandates"),
        path("mandates/<int:mandate_id>/act/", form_only(mandates.mandate_act), name="mandate_act"),
        path("mandates/<int:mandate_id>/return/", form_only(mandates.mandate_return), name="mandate_return"),
        path("mandates/stop/", form_only(mandates.mandate_stop), name="mandate_stop"),
        path("visits/", with_form(visits.visits), name="visits"),
        path("visits/sheet/", read_only(visits.visit_sheet), name="visit_sheet"),
        path("visits/<int:batch_id>/", read_only(visits.visit), name="visit"),
        path("me/agents/", with_form(mandates.agents), name="agents"),
        path("tokens/", with_form(office.tokens), name="tokens"),
        path("employer/benefits/", read_only(employer.employer_benefits), name="employer_benefits"),
        path("employer/benefits/ask/", form_only(employer.employer_ask), name="employer_ask"),
        path("employer/claims/", read_only(employer.employer_claims), name="employer_claims"),
        path("employer/claims/<int:claim_id>/", with_form(employer_claim.employer_claim), name="employer_claim"),
        path("employer/claims/<int:claim_id>/withdraw/", with_form(employer_claim.employer_withdraw), name="employer_withdraw"),
        path("employer/claims/<int:claim_id>/object/", with_form(employer_claim.employer_object), name="employer_object"),
        path("employer/batches/new/<str:benefit>/", with_form(employer.employer_batch_new), name="employer_batch_new"),
        path("employer/batches/<int:bundle_id>/", with_form(employer.employer_batch), name="employer_batch"),
        path("unclaimed/", read_only(unclaimed.unclaimed), name="unclaimed"),
        path("unclaimed/file/", form_only(unclaimed.unclaimed_file), name="unclaimed_file"),
        path("unclaimed/people/", form_only(unclaimed.outreach_file), name="outreach_file"),
        path("claims/", read_only(review.claims_queue), name="claims_queue"),
        path("claims/appeals/", read_only(review.appeals), name="appeals"),
        path("claims/counter/", with_form(claims_counter.claim_at_counter), name="claim_at_counter"),
        path("claims/<int:claim_id>/", with_form(review.claim_review), name="claim_review"),
        path("claims/<int:claim_id>/account/", with_form(review.account_shown), name="account_shown"),
        path("payments/", with_form(money.payments_), name="payments"),
        path("payments/budgets/", with_form(money.budgets), name="budgets"),
        path("payments/<int:batch_id>/", with_form(money.payment_batch), name="payment_batch"),
        path("payments/<int:batch_id>/file/", form_only(money.payment_file), name="payment_file"),
        path("notice-board/", read_only(board.notice_board), name="notice_board"),
        path("policy/", read_only(policy.policy), name="policy"),
        path("policy/<str:rule>/", read_only(policy.policy_of), name="policy_of"),
        path("policy/<str:rule>/what-if/", read_only(what_if.policy_whatif), name="policy_whatif"),
        path("parameters/", read_only(parameters.parameters), name="parameters"),
        path("parameters/<str:rule>/", with_form(parameters.parameters_of), name="parameters_of"),
        path("parameters/confirmations/<int:confirmation_id>/", with_form(parameters.parameter), name="parameter"),
        path("audit/", read_only(office.audit), {"places": jurisdiction, "reasons": GROUNDS}, name="audit"),
        path("audit/events.json", read_only(office.audit_export), {"places": jurisdiction}, name="audit_export"),
        path("me/", read_only(own.me), name="me"),
        path("me/held/", read_only(own.held), name="held"),
        path("me/held/files/", with_form(own.held_files), name="held_files"),
        path("me/looked/", read_only(own.looked), name="looked"),
        path("me/consents/", with_form(consents.consents), name="consents"),
        path("people/<int:worker_id>/consents/", with_form(consents.guardian_consent), name="guardian_consent"),
        path("me/benefits/", read_only(worker.benefits), name="benefits"),
        path("me/benefits/<str:benefit>/<str:kind>/<int:key>/", read_only(worker.benefit), name="benefit"),
        path("me/recognition/", read_only(evaluation.recognition), name="recognition"),
        path("people/<int:worker_id>/recognition/", read_only(evaluation.person_recognition), name="person_recognition"),
        path("me/claims/", read_only(following.claims), name="claims"),
        path("me/claims/begin/", form_only(claiming.claim_begin), name="claim_begin"),
        path("me/claims/<int:claim_id>/", read_only(following.claim_mine), name="claim_mine"),
        path("me/claims/<int:claim_id>/facts/", with_form(claiming.claim_said), name="claim_said"),
        path("me/claims/<int:claim_id>/papers/", with_form(claiming.claim_papers), name="claim_papers"),
        path("me/claims/<int:claim_id>/account/", with_form(claiming.claim_account), name="claim_account"),
        path("me/claims/<int:claim_id>/check/", with_form(claiming.claim_check), name="claim_check"),
        path("me/claims/<int:claim_id>/withdraw/", with_form(following.claim_withdraw), name="claim_withdraw"),
        path("me/claims/<int:claim_id>/object/", with_form(following.claim_object), name="claim_object"),
        path("me/claims/<int:claim_id>/agree/", with_form(following.claim_agree), name="claim_agree"),
        path("people/<int:worker_id>/benefits/", read_only(worker.person_benefits), name="person_benefits"),
        path(
            "people/<int:worker_id>/benefits/<str:benefit>/<str:kind>/<int:key>/", read_only(worker.person_benefit), name="person_benefit"
        ),
        path("notices/", with_form(notices.notices), name="notices"),
        path("papers/<int:attachment_id>/", read_only(papers.attachment), name="attachment"),
        path("papers/<int:attachment_id>/remove/", with_form(papers.attachment_remove), name="attachment_remove"),
        path("retention/", read_only(retention.retention), name="retention"),
        path("api/", read_only(web.documentation), {"schema": api.get_openapi_schema}, name="documentation"),
        path("api/<str:group>/", read_only(web.documentation_of), {"schema": api.get_openapi_schema}, name="documentation_of"),
    ),
]

handler400 = "guildhall.web.pages.bad_request"
handler403 = "guildhall.web.pages.forbidden"
handler404 = "guildhall.web.pages.not_found"
handler500 = "guildhall.web.pages.server_error"
