//! Farmer registry: Farmer with family, farms and machines. Disability registry: a person with details and support.

use super::Subject;
use super::benefits::programme;
use super::common::{Detail, Events, member, person, place, record, stamps};
use super::pen::{Dice, Pen};
use super::people::{Home, Household, Individual, Role, SLOTS};
use super::social::group_members;

/// A farmer, who is the head of a family.
pub(super) fn farmer(pen: &mut Pen, of: &mut Subject) {
    let dice = &mut of.dice;
    let couple = dice.percent(60);
    let household = Household::of(dice, of.number * SLOTS, couple, 1, false);
    let home = &household.home;
    let Some(head) = household.people().next() else { return };
    record(pen, "https://schema.spdci.org/extensions/fr/v1/data", of.class.type_name);
    pen.open("farmer_personal_details");
    member(pen, dice, home, head, Detail::Full, &[]);
    pen.close();
    pen.open("family_details");
    group_members(pen, dice, &household, of.number, Detail::Core);
    pen.close();
    let kind = dice.one(&["1", "2", "3", "4", "5"]);
    pen.text("farm_type", &[kind]);
    pen.list("farm_details");
    farm(pen, dice, home, kind);
    pen.end();
    if dice.percent(60) {
        pen.list("machineries_details");
        pen.item();
        pen.text("type", &[dice.one(&["10", "20", "31", "32", "33"])]);
        pen.number("count", dice.between(1, 3));
        pen.text("equipment_source", &[dice.one(&["1", "2", "5", "7"])]);
        pen.close();
        pen.end();
    }
    stamps(pen, home);
    pen.close();
}

fn farm(pen: &mut Pen, dice: &mut Dice, home: &Home, kind: &str) {
    pen.item();
    pen.text("farm_type", &[kind]);
    place(pen, "location", home);
    pen.text("land_tenure", &[dice.one(&["1", "3", "5", "6"])]);
    pen.decimal("land_size", dice.between(3, 240) as i64, 1);
    pen.text("unit", &[dice.one(&["0", "1"])]);
    pen.list("farming_activities");
    pen.item();
    let mixed = dice.percent(60);
    pen.list("crop_production");
    crop(pen, dice);
    pen.end();
    if mixed {
        pen.list("animal_production");
        pen.item();
        pen.text("type", &[dice.one(&["1", "2", "3", "6"])]);
        pen.number("count", dice.between(1, 40));
        pen.text("livestock_system", &[dice.one(&["3", "4"])]);
        pen.close();
        pen.end();
    }
    pen.truth("mixed_farming", mixed);
    if dice.percent(30) {
        pen.list("agri_support_activities");
        pen.word(&[dice.one(&["161", "162", "163"])]);
        pen.end();
    }
    if dice.percent(30) {
        pen.list("aquaculture");
        pen.word(&[dice.one(&["0321", "0322"])]);
        pen.end();
        pen.text("aqua_support_activities", &["0330"]);
    }
    pen.close();
    pen.end();
    stamps(pen, home);
    pen.close();
}

fn crop(pen: &mut Pen, dice: &mut Dice) {
    pen.item();
    pen.text("activity_group", &[dice.one(&["011", "012"])]);
    pen.text("crop_type", &[dice.one(&["1", "2", "3", "5", "7"])]);
    pen.text("season", &[dice.one(&["long rains", "short rains", "dry season"])]);
    pen.list("end_use");
    pen.word(&[dice.one(&["1", "2", "4"])]);
    pen.end();
    let irrigated = dice.percent(50);
    pen.truth("irrigation", irrigated);
    if irrigated {
        pen.list("irrigation_water");
        pen.word(&[dice.one(&["1", "2", "3"])]);
        pen.end();
    }
    pen.list("fertilizer_type");
    pen.word(&[dice.one(&["1", "3", "5"])]);
    pen.end();
    pen.close();
}

/// A person with a disability, with details, support and programmes.
pub(super) fn person_with_disability(pen: &mut Pen, of: &mut Subject) {
    let dice = &mut of.dice;
    let home = Home::somewhere(dice);
    let mut who = Individual::alone(dice, &home, of.number * SLOTS);
    who.disabled = true;
    let approved = dice.percent(75);
    record(pen, "https://schema.spdci.org/extensions/dr/v1/data", of.class.type_name);
    pen.open("personal_details");
    member(pen, dice, &home, &who, Detail::Full, &[]);
    pen.close();
    pen.text("disability_status", &[if approved { "0" } else { "1" }]);
    if approved {
        pen.text("disability_status_level", &[dice.one(&["1", "2", "3", "4"])]);
    }
    pen.list("disability_details");
    impairment(pen, dice);
    pen.end();
    pen.list("disability_support");
    support(pen, dice, &home, &who);
    pen.end();
    pen.text("transport_requirement", &[dice.one(&["0", "1", "2"])]);
    pen.text("housing_type", &[dice.one(&["1", "2", "3"])]);
    if dice.percent(40) {
        pen.list("programs_enrolments");
        pen.item();
        programme(pen, &home.country.programmes[0]);
        pen.close();
        pen.end();
    }
    stamps(pen, &home);
    pen.close();
}

/// An impairment whose cause and onset go together: born with it, or later.
fn impairment(pen: &mut Pen, dice: &mut Dice) {
    let (cause, onset) = dice.one(&[("0", "0"), ("1", "0"), ("2", "1"), ("4", "2"), ("5", "2"), ("8", "3")]);
    pen.item();
    pen.text("impairment_type", &[dice.one(&["1", "2", "3", "4", "5", "6"])]);
    pen.text("impairment_level", &[dice.one(&["2", "3", "4", "5"])]);
    pen.text("impairment_cause", &[cause]);
    pen.text("age_on_set", &[onset]);
    pen.close();
}

fn support(pen: &mut Pen, dice: &mut Dice, home: &Home, who: &Individual) {
    let status = |dice: &mut Dice| dice.one(&["0", "1"]);
    let simple = |pen: &mut Pen, dice: &mut Dice, key: &str, kinds: &[&'static str]| {
        pen.list(key);
        pen.item();
        pen.text("type", &[dice.one(kinds)]);
        pen.text("support_status", &[status(dice)]);
        stamps(pen, home);
        pen.close();
        pen.end();
    };
    pen.item();
    pen.list("human_assistance");
    pen.item();
    pen.text("type", &[dice.one(&["basic_activity", "mobility", "communication", "multiple"])]);
    pen.text("frequency", &[dice.one(&["1", "2", "3", "4"])]);
    pen.text("support_status", &[status(dice)]);
    let sibling = Individual { number: who.number + 1, role: Role::Elder, ..Individual::alone(dice, home, 0) };
    pen.open("caregiver");
    person(pen, dice, home, &sibling, Detail::Core, Events::default());
    pen.close();
    pen.text("relationship", &[if sibling.female { "SIS" } else { "BRO" }]);
    stamps(pen, home);
    pen.close();
    pen.end();
    simple(pen, dice, "assistive_technology", &["1", "2", "3"]);
    if dice.percent(40) {
        simple(pen, dice, "housing_support", &["home_adaptation", "relocation", "utility_cost"]);
    }
    if dice.percent(40) {
        simple(pen, dice, "medical_care", &["maintenance_medicine", "constant_healthcare"]);
    }
    if dice.percent(10) {
        simple(pen, dice, "animal_assistance", &["service_dog", "therapy_animal"]);
    }
    stamps(pen, home);
    pen.close();
}
