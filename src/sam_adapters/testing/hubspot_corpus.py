"""The reference corpus laid out as a HubSpot portal, and the mapping file that reads it back.

What HubSpot has an object for is laid out natively: companies and child companies, contacts, deals in two
pipelines, line items, tickets, meetings and calls, feedback, goals, products, owners. The rest goes into
custom objects, as a company would do it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sam_adapters.testing.corpus import Corpus
from sam_adapters.testing.hubspot_layout import (
    CORPUS_MAPPING,
    CUSTOM_OBJECTS,
    GOALS,
    STAGES,
    Layout,
    moment,
    said,
)
from sam_adapters.testing.hubspot_portal import Portal
from sam_core.book import MeetingMode, Opportunity, OpportunityStatus
from sam_core.values import Unknown

__all__ = ["CORPUS_MAPPING", "hubspot_portal"]


class _CorpusLayout(Layout):
    """Puts the records of a corpus into a portal."""

    def __init__(self, corpus: Corpus) -> None:
        super().__init__(corpus.currency)
        self.corpus = corpus
        self._pipelines()
        self._people()
        self._header()
        for dossier in corpus.dossiers:
            self._dossier(dossier)

    def _pipelines(self) -> None:
        stages = [
            {
                "id": i,
                "label": label,
                "metadata": {"isClosed": str(closed).lower(), "probability": probability},
            }
            for i, label, closed, probability in STAGES
        ]
        self.portal.declare(
            "deals", [f"hs_v2_date_{how}_{stage[0]}" for stage in STAGES for how in ("entered", "exited")]
        )
        self.portal.pipelines["deals"] = [
            {"id": "default", "label": "Sales", "stages": stages},
            {
                "id": "orders",
                "label": "Orders",
                "stages": [{**stages[4], "id": "shipped", "label": "Shipped"}],
            },
        ]

    def _people(self) -> None:
        for person in _known(self.corpus.headers[0].people):
            first, _, last = person.name.partition(" ")
            self.portal.owners.append(
                {
                    "id": person.id,
                    "email": f"{person.id}@example.com",
                    "firstName": first,
                    "lastName": last,
                    "userId": int(person.id[-6:]),
                    "userIdIncludingInactive": int(person.id[-6:]),
                    "archived": False,
                }
            )

    def people_mapping(self) -> dict[str, dict[str, Any]]:
        """What the portal does not know of its owners."""
        return {
            person.id: {
                "role": said(person.role),
                "manager_id": said(person.manager_id),
                "supports_account_ids": list(_known(person.supports_account_ids)),
            }
            for person in _known(self.corpus.headers[0].people)
        }

    def _header(self) -> None:
        offering = self.corpus.headers[0].offering
        for product in () if isinstance(offering, Unknown) else offering.products:
            kind = (
                ""
                if isinstance(product.kind, Unknown)
                else {"product": "inventory"}.get(product.kind.value, product.kind.value)
            )
            self.portal.add(
                "products",
                product.id,
                name=product.name,
                hs_product_type=kind,
                hs_cost_of_goods_sold=said(product.standard_cost),
                family=said(product.family),
                introduced_on=said(product.introduced_on),
                retired_on=said(product.retired_on),
                segments=said(product.segments),
            )
            for cost in product.dated_costs:
                self.custom("costs", cost, "products", product.id)
        for header in self.corpus.headers:
            for quota in _known(header.quotas):
                self.portal.add(
                    "goal_targets",
                    quota.id,
                    hubspot_owner_id=header.id,
                    hs_goal_type=GOALS[quota.counts],
                    hs_target_amount=said(quota.amount),
                    hs_start_datetime=f"{quota.period.start}T00:00:00.000Z",
                    hs_end_datetime=f"{quota.period.end}T23:59:59.999Z",
                    family=said(quota.family),
                )
            for key, records in (
                ("expectations", header.expectations),
                ("growth_goals", header.growth_goals),
                ("training", header.training),
            ):
                for record in _known(records):
                    ends = (
                        {"start": record.period.start, "end": record.period.end}
                        if hasattr(record, "period")
                        else {}
                    )
                    self.custom(key, record, hubspot_owner_id=header.id, **ends)

    def _dossier(self, dossier: Any) -> None:
        account, portal = dossier.account, self.portal
        holder = next(a.person_id for a in dossier.assignments if a.end is None)
        portal.add(
            "companies",
            account.id,
            name=account.name,
            industry=said(account.segment),
            hubspot_owner_id=holder,
            hs_num_child_companies=str(len(dossier.locations)),
            tier=said(account.tier),
            excluded_products=said(account.excluded_product_ids) if account.excluded_product_ids else "",
        )
        for location in dossier.locations:
            portal.add(
                "companies",
                location.id,
                name=location.name,
                city=location.city,
                country=location.country,
                hs_num_child_companies="0",
            )
            portal.link("companies", account.id, "companies", location.id, (13, 14))
        for buyer in dossier.buyers:
            first, _, last = buyer.name.partition(" ")
            role = "" if isinstance(buyer.role, Unknown) else buyer.role.value.replace(" ", "_").upper()
            portal.add(
                "contacts",
                buyer.id,
                firstname=first,
                lastname=last,
                jobtitle=buyer.title,
                hs_buying_role={"USER": "END_USER"}.get(role, role),
                influence=said(buyer.influence),
                reports_to=said(buyer.reports_to_id),
                left_on=said(buyer.left_on),
            )
            portal.link("companies", buyer.location_id or account.id, "contacts", buyer.id, (2, 1))
        self._sales(dossier)
        for opportunity in dossier.opportunities:
            self._opportunity(account.id, opportunity)
        self._service(dossier)
        for key, records in (
            ("assignments", dossier.assignments),
            ("team", dossier.team),
            ("contracts", dossier.contracts),
            ("competitor_holdings", dossier.competitor_holdings),
            ("spend_estimates", dossier.spend_estimates),
            ("deliveries", dossier.deliveries),
            ("service_actions", dossier.service_actions),
            ("support_requests", dossier.support_requests),
        ):
            for record in records:
                self.custom(key, record, "companies", account.id)
        for plan in dossier.plans:
            self._plan(account.id, plan)
        for handover in dossier.handovers:
            days = {f"{step.state.name.lower()}_on": step.on for step in handover.steps}
            self.custom("handovers", handover, "companies", account.id, **days)
            for item in handover.checklist:
                self.custom("checklist", item, CUSTOM_OBJECTS["handovers"], handover.id)

    def _sales(self, dossier: Any) -> None:
        for sale in dossier.sale_lines:
            if sale.order_id not in self.portal.objects.get("deals", {}):
                self.portal.add(
                    "deals",
                    sale.order_id,
                    dealname=f"Order {sale.order_id}",
                    pipeline="orders",
                    dealstage="shipped",
                    createdate=moment(sale.on),
                    closedate=moment(sale.on),
                )
                self.portal.link("companies", dossier.account.id, "deals", sale.order_id, (6, 5))
            self._line(
                sale.id,
                sale.order_id,
                sale,
                sale.revenue,
                sold_on=said(sale.on),
                line_cost=said(sale.cost),
                quantity=said(sale.quantity),
            )
            for credit in sale.credits:
                self.custom("credits", credit, "line_items", sale.id)

    def _line(self, line: str, deal: str, record: Any, amount: Any, **more: str) -> None:
        self.portal.add(
            "line_items",
            line,
            hs_product_id=said(record.product_id),
            amount=said(amount),
            line_buyer=said(record.buyer_id),
            line_location=said(record.location_id),
            **{"sold_on": "", "line_cost": "", **more},
        )
        self.portal.link("deals", deal, "line_items", line, (19, 20))

    def _opportunity(self, account: str, opportunity: Opportunity) -> None:
        stage = next(
            s[0]
            for s in STAGES
            if s[1] == opportunity.stage and (s[3] != "" or isinstance(opportunity.probability, Unknown))
        )
        stays = {}
        for stay in _known(opportunity.stays):
            stay_stage = next(s[0] for s in reversed(STAGES) if s[1] == stay.stage)
            stays[f"hs_v2_date_entered_{stay_stage}"] = moment(stay.start)
            stays[f"hs_v2_date_exited_{stay_stage}"] = moment(stay.end) if stay.end else ""
        self.portal.add(
            "deals",
            opportunity.id,
            dealname=opportunity.name,
            pipeline="default",
            dealstage=stage,
            createdate=moment(opportunity.opened_on),
            closedate=moment(opportunity.closed_on) if opportunity.closed_on else "",
            expected_close=said(opportunity.closes_on),
            amount=said(opportunity.amount),
            hs_deal_stage_probability=said(opportunity.probability),
            hubspot_owner_id=said(opportunity.lead_id),
            hs_next_step=said(opportunity.next_step),
            next_step_on=said(opportunity.next_step_on),
            lead_reason=said(opportunity.lead_reason),
            hs_is_closed_won=said(opportunity.status is OpportunityStatus.WON),
            hs_is_closed=said(opportunity.status is not OpportunityStatus.OPEN),
            **stays,
        )
        self.portal.link("companies", account, "deals", opportunity.id, (6, 5))
        for line in _known(opportunity.lines):
            self._line(line.id, opportunity.id, line, line.amount)
        for engagement in _known(opportunity.engagements):
            self.custom("engagements", engagement, "deals", opportunity.id)

    def _service(self, dossier: Any) -> None:
        portal, account = self.portal, dossier.account.id
        for case in dossier.cases:
            portal.add(
                "tickets",
                case.id,
                subject=case.subject,
                createdate=said(case.opened_at),
                closed_date=said(case.closed_at),
                hs_ticket_priority=said(case.priority),
                hubspot_owner_id=said(case.service_rep_id),
                reopened_at=said(case.reopened_at),
                escalated_at=said(case.escalated_at),
            )
            portal.link("companies", case.location_id or account, "tickets", case.id, (25, 26))
            if case.buyer_id:
                portal.link("tickets", case.id, "contacts", case.buyer_id, (16, 15))
        for meeting in dossier.meetings:
            call = meeting.mode is MeetingMode.PHONE
            kind, start, title, ours = (
                ("calls", "hs_timestamp", "hs_call_title", {"hubspot_owner_id": meeting.our_ids[0]})
                if call
                else (
                    "meetings",
                    "hs_meeting_start_time",
                    "hs_meeting_title",
                    {"hs_attendee_owner_ids": said(meeting.our_ids)},
                )
            )
            mode = {} if call else {"hs_activity_type": said(meeting.mode)}
            portal.add(
                kind, meeting.id, **{start: said(meeting.held_at), title: meeting.subject}, **ours, **mode
            )
            portal.link("companies", meeting.location_id or account, kind, meeting.id, (187, 188))
            for buyer in meeting.buyer_ids:
                portal.link(kind, meeting.id, "contacts", buyer, (200, 199))
        for reading in dossier.readings:
            portal.add(
                "feedback_submissions",
                reading.id,
                hs_survey_type=reading.instrument,
                hs_value=said(reading.value),
                hs_submission_timestamp=moment(reading.on),
                scale_lowest=said(reading.lowest),
                scale_highest=said(reading.highest),
                place=said(reading.location_id),
            )
            if isinstance(reading.respondent_id, Unknown):  # known by the ticket it was about only
                portal.link("tickets", dossier.cases[0].id, "feedback_submissions", reading.id, (99, 100))
            else:
                portal.link("contacts", reading.respondent_id, "feedback_submissions", reading.id, (97, 98))

    def _plan(self, account: str, plan: Any) -> None:
        self.custom("plans", plan, "companies", account)
        for key, records in (
            ("sessions", plan.sessions),
            ("needs", plan.needs),
            ("plan_targets", plan.targets),
        ):
            for record in records:
                self.custom(key, record, CUSTOM_OBJECTS["plans"], plan.id)
        for initiative in plan.initiatives:
            invests = {
                f"{side}_invests": getattr(initiative.investment, side) if initiative.investment else None
                for side in ("company", "customer")
            }
            self.custom("initiatives", initiative, CUSTOM_OBJECTS["plans"], plan.id, **invests)
            for action in initiative.actions:
                self.custom("actions", action, CUSTOM_OBJECTS["initiatives"], initiative.id)


def _known(records: Any) -> Iterable[Any]:
    return () if isinstance(records, Unknown) else records


def hubspot_portal(corpus: Corpus) -> tuple[Portal, dict[str, Any]]:
    """A portal that holds a corpus, and the mapping file that reads it back.

    Args:
        corpus: its ids have to be whole numbers, as HubSpot's are.
    """
    layout = _CorpusLayout(corpus)
    return layout.portal, {**CORPUS_MAPPING, "people": layout.people_mapping()}
