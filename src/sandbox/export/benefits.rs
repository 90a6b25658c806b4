//! Integrated beneficiary registry: Beneficiary with its programme and benefits. Employment support: Member with its
//! history of work.

use super::Subject;
use super::common::{Detail, Events, Kind, date, identifiers, member, moment, person, record};
use super::pen::{Day, Dice, Pen};
use super::people::{Home, Household, Individual, SLOTS};
use super::social::head;
use super::world::Programme;

/// A person, household or family in a programme.
pub(super) fn beneficiary(pen: &mut Pen, of: &mut Subject) {
    let dice = &mut of.dice;
    let unit = dice.one(&["1", "1", "2", "3"]);
    let household = Household::of(dice, of.number * SLOTS, unit != "1", 1, false);
    let home = &household.home;
    let status = dice.one(&["1", "1", "1", "3", "4", "2"]);
    // A household does not die.
    let status = if status == "2" && unit != "1" { "1" } else { status };
    let died = (status == "2").then(|| Day::within(dice, 2024, 2024));
    record(pen, "https://schema.spdci.org/extensions/ibr/v1/data", of.class.type_name);
    pen.text("assistance_unit", &[unit]);
    if unit == "1" {
        pen.open("member");
        beneficiary_member(pen, dice, &household, died);
        pen.close();
    } else {
        pen.open("group");
        identifiers(pen, "group_identifier", Kind::Group, of.number);
        pen.text("group_type", &[unit]);
        head(pen, dice, &household);
        pen.number("group_size", household.size());
        moment(pen, "registration_date", home.registered, "T09:30:00", home);
        pen.close();
    }
    let which = dice.below(home.country.programmes.len() as u64) as usize;
    pen.list("programme_identifier");
    pen.item();
    programme(pen, &home.country.programmes[which]);
    frequency(pen, dice, home);
    pen.close();
    pen.end();
    date(pen, "enrolment_date", Day::within(dice, 2023, 2023));
    pen.text("enrolment_status", &[status]);
    if status != "1" {
        super::civil::dates(pen, "status_change_date", Day::within(dice, 2024, 2024));
    }
    pen.list("benefits");
    benefit(pen, dice, home);
    pen.end();
    pen.close();
}

fn beneficiary_member(pen: &mut Pen, dice: &mut Dice, household: &Household, died: Option<Day>) {
    let Some(who) = household.people().next() else { return };
    match died {
        None => member(pen, dice, &household.home, who, Detail::Full, &[]),
        Some(_) => {
            identifiers(pen, "member_identifier", Kind::Member, who.number);
            pen.open("demographic_info");
            person(pen, dice, &household.home, who, Detail::Core, Events { died, ..Events::default() });
            pen.close();
            pen.truth("self_id_disability", false);
            pen.text("marital_status", &[who.marital]);
            moment(pen, "registration_date", household.home.registered, "T09:30:00", &household.home);
        }
    }
}

/// The members of a programme but its benefits.
pub(super) fn programme(pen: &mut Pen, programme: &Programme) {
    let [function, contribution, kind] = programme.codes;
    pen.text("programme_name", &[programme.name]);
    pen.text("programme_identifier", &[programme.identifier]);
    pen.text("implementing_institution", &[programme.institution]);
    pen.text("institution_type", &["1"]);
    pen.text("legal_status", &["1"]);
    pen.list("social_protection_functions");
    pen.word(&[function]);
    pen.end();
    pen.text("contribution_type", &[contribution]);
    pen.text("programme_type", &[kind]);
}

fn frequency(pen: &mut Pen, dice: &mut Dice, home: &Home) {
    pen.list("benefit_frequency");
    pen.item();
    pen.text("freq", &["MONTHLY"]);
    moment(pen, "dtstart", Day::within(dice, 2023, 2023), "T00:00:00", home);
    pen.number("interval", dice.between(1, 3));
    pen.text("wkst", &["MO"]);
    moment(pen, "until", Day::within(dice, 2024, 2024), "T00:00:00", home);
    pen.close();
    pen.end();
}

fn benefit(pen: &mut Pen, dice: &mut Dice, home: &Home) {
    let kind = dice.one(&["1", "1", "2", "3"]);
    pen.item();
    pen.text("benefit_type", &[kind]);
    date(pen, "benefit_date", Day::within(dice, 2024, 2024));
    if kind == "3" {
        pen.text("benefit_description", &["Basket of staple food"]);
        pen.number("benefit_quantity", dice.between(1, 4));
    } else {
        pen.written("benefit_value", |out| {
            out.extend_from_slice(home.country.currency.as_bytes());
            out.push(b' ');
            super::pen::digits(out, dice.between(4, 90) * 50, 1);
        });
    }
    pen.close();
}

/// A member who works or looks for work.
pub(super) fn employment_member(pen: &mut Pen, of: &mut Subject) {
    let dice = &mut of.dice;
    let home = Home::somewhere(dice);
    let who = Individual::alone(dice, &home, of.number * SLOTS);
    record(pen, "https://schema.spdci.org/extensions/ess/v1/data", of.class.type_name);
    member(pen, dice, &home, &who, Detail::Full, &[]);
    let earlier = dice.percent(60);
    if earlier || who.works() {
        pen.list("employment_info");
        if earlier {
            let start = Day::within(dice, who.born.year.max(1982) + 18, 2018);
            let end = Day::within(dice, 2019, 2019);
            post(pen, dice, &home, start, Some(end));
        }
        if who.works() {
            let start = Day::within(dice, 2020, 2022);
            post(pen, dice, &home, start, None);
        }
        pen.end();
    }
    if !who.works() {
        pen.text("unemployment_reason", &[dice.one(&["1", "2", "3", "4", "8"])]);
    }
    pen.close();
}

fn post(pen: &mut Pen, dice: &mut Dice, home: &Home, start: Day, end: Option<Day>) {
    pen.item();
    pen.text("job_title", &[dice.one(&["Tailor", "Driver", "Mason", "Teacher", "Shop assistant", "Cook"])]);
    pen.text("employment_type", &[dice.one(&["1", "2", "3", "4"])]);
    pen.text("employer", &[home.town.name, " Cooperative"]);
    date(pen, "start_date", start);
    super::civil::date_if(pen, "end_date", end);
    pen.close();
}
