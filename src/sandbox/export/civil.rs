//! Civil registry: CRVSPerson. Identity systems: IDPerson.

use super::Subject;
use super::common::{Detail, Events, Kind, date, identified, person, place, record};
use super::pen::{Day, Pen};
use super::people::{Home, Individual, SLOTS};

/// A person with the events of a life.
pub(super) fn civil_person(pen: &mut Pen, of: &mut Subject) {
    let dice = &mut of.dice;
    let home = Home::somewhere(dice);
    let mut who = Individual::alone(dice, &home, of.number * SLOTS);
    who.marital = dice.one(&["S", "M", "M", "W", "D"]);
    let married = who.marital != "S";
    let died = dice.percent(20).then(|| Day::within(dice, 2020, 2022));
    let home = Home { registered: Day::within(dice, 2019, 2019), ..home };
    record(pen, "https://schema.spdci.org/extensions/crvs/v1/data", of.class.type_name);
    let events = Events { died, birth_registered: true, married };
    person(pen, dice, &home, &who, Detail::Full, events);
    place(pen, "birth_place", &home);
    if died.is_some() {
        place(pen, "death_place", &home);
    }
    pen.text("marital_status", &[who.marital]);
    if married {
        let wedding = Day::within(dice, who.born.year + 18, 2018);
        dates(pen, "marriage_date", wedding);
        if who.marital == "D" {
            let divorce = Day::within(dice, 2019, 2019);
            dates(pen, "divorce_date", divorce);
        }
    }
    for (key, slot) in [("parent1_identifier", 14), ("parent2_identifier", 15)] {
        pen.open(key);
        identified(pen, "UIN", Kind::Person, who.number + slot);
        pen.close();
    }
    pen.close();
}

/// A person with a template of the face.
pub(super) fn id_person(pen: &mut Pen, of: &mut Subject) {
    let dice = &mut of.dice;
    let home = Home::somewhere(dice);
    let who = Individual::alone(dice, &home, of.number * SLOTS);
    record(pen, "https://schema.spdci.org/extensions/social/id/data", of.class.type_name);
    let events = Events { birth_registered: dice.percent(60), ..Events::default() };
    person(pen, dice, &home, &who, Detail::Full, events);
    pen.list("biometric_data");
    pen.item();
    pen.written("data", |out| {
        for _ in 0..64 {
            out.push(dice.one(b"0123456789abcdef"));
        }
    });
    pen.text("type", &["face"]);
    pen.text("data_type", &[dice.one(&["2", "3"])]);
    pen.text("issuer", &["Office of Identity, ", home.town.name]);
    pen.close();
    pen.end();
    pen.close();
}

/// A date that is one of a list.
pub(super) fn dates(pen: &mut Pen, key: &str, day: Day) {
    pen.list(key);
    pen.item_written(|out| day.write(out));
    pen.end();
}

/// A date that may stay open.
pub(super) fn date_if(pen: &mut Pen, key: &str, day: Option<Day>) {
    if let Some(day) = day {
        date(pen, key, day);
    }
}
