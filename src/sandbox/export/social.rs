//! Social registry (and whoever uses its objects): Group with its members, Member, Person.

use super::Subject;
use super::common::{Detail, Events, Kind, address, identifiers, member, person, place, record, relationship, stamps};
use super::pen::{Dice, Pen};
use super::people::{Home, Household, Individual, MOST, Role, SLOTS};

const CONTEXT: &str = "https://schema.spdci.org/extensions/social/v1/data";

/// A household with everybody who lives in it.
pub(super) fn group(pen: &mut Pen, of: &mut Subject) {
    let household = Household::new(&mut of.dice, of.number * SLOTS);
    record(pen, CONTEXT, of.class.type_name);
    group_members(pen, &mut of.dice, &household, of.number, Detail::Reachable);
    pen.close();
}

/// The members of a group.
pub(super) fn group_members(pen: &mut Pen, dice: &mut Dice, household: &Household, number: u64, detail: Detail) {
    let home = &household.home;
    identifiers(pen, "group_identifier", Kind::Group, number);
    pen.text("group_type", &[dice.one(&["2", "2", "3"])]);
    let placed = dice.percent(40);
    if placed {
        place(pen, "place", home);
    } else {
        pen.open("address");
        address(pen, dice, home, false);
        pen.close();
    }
    pen.truth("place_address", placed);
    if dice.percent(70) {
        pen.decimal("poverty_score", dice.between(120, 890) as i64, 1);
        pen.text("poverty_score_type", &["proxy means test"]);
    }
    head(pen, dice, household);
    pen.number("group_size", household.size());
    pen.list("member_list");
    for who in household.people() {
        pen.item();
        let (related, count) = relatives(household, who, u64::MAX);
        member(pen, dice, home, who, detail, related.get(..count).unwrap_or_default());
        pen.close();
    }
    pen.end();
    stamps(pen, home);
}

/// The head of a group, in short.
pub(super) fn head(pen: &mut Pen, dice: &mut Dice, household: &Household) {
    let Some(head) = household.people().next() else { return };
    pen.open("group_head_info");
    identifiers(pen, "member_identifier", Kind::Member, head.number);
    pen.open("demographic_info");
    person(pen, dice, &household.home, head, Detail::Core, Events::default());
    pen.close();
    pen.close();
}

/// What the others of a household are to one of them; nobody from the number `end` on.
fn relatives(household: &Household, who: &Individual, end: u64) -> ([(&'static str, u64); MOST], usize) {
    let mut found = [("", 0); MOST];
    let mut count = 0;
    for other in household.people().filter(|other| other.number < end) {
        if let Some(relationship) = relationship(who, other) {
            found[count] = (relationship, other.number);
            count += 1;
        }
    }
    (found, count)
}

/// People of a household follow each other, so that relationships lead to somebody in the same output.
const TOGETHER: u64 = 4;

/// One member: of a couple with two children, four records to a household.
pub(super) fn lone_member(pen: &mut Pen, of: &mut Subject) {
    let first = of.number - of.number % TOGETHER;
    let household = Household::of(&mut Dice::new(of.seed, first), first, true, 2, false);
    let Some(who) = household.people().nth((of.number - first) as usize) else { return };
    let mut who = *who;
    let (related, count) = relatives(&household, &who, of.end);
    if who.role == Role::Head && first + 1 >= of.end {
        who.marital = "W"; // the output ends before the partner
    }
    if of.attempt > 0 {
        who.disabled = of.dice.percent(50); // what nobody else of the household states
    }
    record(pen, CONTEXT, of.class.type_name);
    member(pen, &mut of.dice, &household.home, &who, Detail::Full, related.get(..count).unwrap_or_default());
    pen.close();
}

/// A person.
pub(super) fn lone_person(pen: &mut Pen, of: &mut Subject) {
    let home = Home::somewhere(&mut of.dice);
    let who = Individual::alone(&mut of.dice, &home, of.number * SLOTS);
    record(pen, CONTEXT, of.class.type_name);
    person(pen, &mut of.dice, &home, &who, Detail::Full, Events::default());
    pen.close();
}
