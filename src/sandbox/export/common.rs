//! The objects that every domain shares, written in the order of their tables.

use super::pen::{Day, Dice, Pen, digits};
use super::people::{Home, Individual, Role};

/// Kinds of number, told apart by their first digit so that no two kinds share a value.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Person = 1,
    Member = 2,
    Group = 3,
    Birth = 4,
    Death = 5,
    Marriage = 6,
}

/// The number of an identifier: a digit for the kind, then twelve digits that look like no sequence. Multiplying by a
/// number prime to ten permutes the twelve digits, so different numbers stay different.
pub(super) fn identifying(out: &mut Vec<u8>, kind: Kind, number: u64) {
    digits(out, kind as u64, 1);
    digits(out, ((number % 1_000_000_000_000) * 6_700_417 + 271_828_182_845) % 1_000_000_000_000, 12);
}

/// One item of a list of identifiers.
pub(super) fn identifier(pen: &mut Pen, r#type: &str, kind: Kind, number: u64) {
    pen.item();
    identified(pen, r#type, kind, number);
    pen.close();
}

/// The members of an identifier.
pub(super) fn identified(pen: &mut Pen, r#type: &str, kind: Kind, number: u64) {
    pen.text("identifier_type", &[r#type]);
    pen.written("identifier_value", |out| identifying(out, kind, number));
}

/// A list of one identifier.
pub(super) fn identifiers(pen: &mut Pen, key: &str, kind: Kind, number: u64) {
    pen.list(key);
    identifier(pen, "UIN", kind, number);
    pen.end();
}

/// Opens a record with its context and type.
pub(super) fn record(pen: &mut Pen, context: &str, r#type: &str) {
    pen.item();
    pen.text("@context", &[context]);
    pen.text("@type", &[r#type]);
}

/// A member that is a date.
pub(super) fn date(pen: &mut Pen, key: &str, day: Day) {
    pen.written(key, |out| day.write(out));
}

/// A member that is a date with time and offset.
pub(super) fn moment(pen: &mut Pen, key: &str, day: Day, time: &str, home: &Home) {
    pen.written(key, |out| {
        day.write(out);
        out.extend_from_slice(time.as_bytes());
        out.extend_from_slice(home.country.offset.as_bytes());
    });
}

/// When something was registered and last changed.
pub(super) fn stamps(pen: &mut Pen, home: &Home) {
    moment(pen, "registration_date", home.registered, "T09:30:00", home);
    moment(pen, "last_updated", home.updated, "T15:45:00", home);
}

/// A postal address, with its plus code where asked for.
pub(super) fn address(pen: &mut Pen, dice: &mut Dice, home: &Home, coded: bool) {
    pen.written("address_line_1", |out| {
        digits(out, dice.between(1, 180), 1);
        out.push(b' ');
        out.extend_from_slice(dice.one(home.country.streets).as_bytes());
    });
    pen.text("locality", &[home.town.name]);
    pen.text("region_code", &[home.town.region]);
    if !home.town.postal.is_empty() {
        pen.text("postal_code", &[home.town.postal]);
    }
    pen.text("country_code", &[home.country.code]);
    if coded {
        pen.open("geo_location");
        plus_code(pen, home);
        pen.close();
    }
}

/// Degrees in ten-millionths: what one step of a plus code of ten digits measures.
const STEP: i64 = 1_250;

fn plus_code(pen: &mut Pen, home: &Home) {
    let (south, west) = (home.latitude.div_euclid(STEP) * STEP, home.longitude.div_euclid(STEP) * STEP);
    let corner = |pen: &mut Pen, key: &str, latitude: i64, longitude: i64| {
        pen.open(key);
        pen.decimal("latitude", latitude, 7);
        pen.decimal("longitude", longitude, 7);
        pen.close();
    };
    pen.open("plus_code");
    pen.written("global_code", |out| open_location_code(out, south, west));
    pen.open("geometry");
    pen.open("bounds");
    corner(pen, "northeast", south + STEP, west + STEP);
    corner(pen, "southwest", south, west);
    pen.close();
    corner(pen, "location", south + STEP / 2, west + STEP / 2);
    pen.close();
    pen.close();
}

/// A full plus code of ten digits: five pairs of latitude and longitude to the base of twenty.
pub(super) fn open_location_code(out: &mut Vec<u8>, south: i64, west: i64) {
    let alphabet = b"23456789CFGHJMPQRVWX";
    let mut steps = [(south + 900_000_000) / STEP, (west + 1_800_000_000) / STEP];
    let mut code = [0_u8; 10];
    for pair in (0..5).rev() {
        for (axis, left) in steps.iter_mut().enumerate() {
            code[2 * pair + axis] = alphabet[(*left % 20) as usize];
            *left /= 20;
        }
    }
    out.extend_from_slice(&code[..8]);
    out.push(b'+');
    out.extend_from_slice(&code[8..]);
}

/// A place with its coordinates.
pub(super) fn place(pen: &mut Pen, key: &str, home: &Home) {
    pen.open(key);
    pen.text("name", &[home.town.name]);
    pen.text("address_line", &[home.town.name, ", ", home.country.code]);
    pen.open("geo");
    pen.decimal("latitude", home.latitude, 7);
    pen.decimal("longitude", home.longitude, 7);
    pen.close();
    pen.close();
}

/// How much of a person is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Identifier, name, sex and birth.
    Core,
    /// A telephone number too.
    Reachable,
    /// Everything.
    Full,
}

/// What a register of deaths and marriages adds to a person.
#[derive(Clone, Copy, Default)]
pub(super) struct Events {
    pub(super) died: Option<Day>,
    pub(super) birth_registered: bool,
    pub(super) married: bool,
}

/// The members of a person.
pub(super) fn person(pen: &mut Pen, dice: &mut Dice, home: &Home, who: &Individual, detail: Detail, events: Events) {
    pen.list("identifier");
    identifier(pen, "UIN", Kind::Person, who.number);
    if events.birth_registered {
        identifier(pen, "BRN", Kind::Birth, who.number);
    }
    if events.married {
        identifier(pen, "MRN", Kind::Marriage, who.number);
    }
    if events.died.is_some() {
        identifier(pen, "DRN", Kind::Death, who.number);
    }
    pen.end();
    pen.open("name");
    pen.text("surname", &[who.surname]);
    pen.text("given_name", &[who.given]);
    pen.close();
    pen.text("sex", &[if who.female { "female" } else { "male" }]);
    date(pen, "birth_date", who.born);
    if let Some(died) = events.died {
        date(pen, "death_date", died);
    }
    if detail == Detail::Full {
        pen.list("address");
        pen.item();
        let coded = dice.percent(40);
        address(pen, dice, home, coded);
        pen.close();
        pen.end();
    }
    if detail == Detail::Full || (detail == Detail::Reachable && dice.percent(70)) {
        pen.list("phone_number");
        phone(pen, dice, home);
        pen.end();
    }
    if detail == Detail::Full {
        if dice.percent(50) {
            pen.list("email");
            pen.item_written(|out| {
                out.extend_from_slice(b"post.");
                digits(out, who.number % 10_000_000, 5);
                out.extend_from_slice(home.country.mail.as_bytes());
            });
            pen.end();
        }
        stamps(pen, home);
    }
}

fn phone(pen: &mut Pen, dice: &mut Dice, home: &Home) {
    let (start, free) = home.country.phone;
    pen.item_written(|out| {
        out.extend_from_slice(start.as_bytes());
        digits(out, dice.below(10_u64.pow(free as u32)), free);
    });
}

/// The members of a member. `related` are the relationships, each with the other's number.
pub(super) fn member(
    pen: &mut Pen,
    dice: &mut Dice,
    home: &Home,
    who: &Individual,
    detail: Detail,
    related: &[(&'static str, u64)],
) {
    identifiers(pen, "member_identifier", Kind::Member, who.number);
    pen.open("demographic_info");
    person(pen, dice, home, who, detail, Events::default());
    pen.close();
    if !related.is_empty() {
        pen.list("related_person");
        for (relationship, number) in related {
            pen.item();
            pen.text("relationship_type", &[relationship]);
            pen.open("related_member");
            identifiers(pen, "identifier", Kind::Person, *number);
            pen.close();
            pen.close();
        }
        pen.end();
    }
    pen.truth("self_id_disability", who.disabled);
    if who.disabled {
        pen.list("disability_info");
        pen.item();
        pen.text("disability_limitation_type", &[dice.one(&["VIS_SS", "HEAR_SS", "MOB_SS", "COG_SS", "SC_SS"])]);
        pen.text("functional_severity", &[dice.one(&["2", "3", "4"])]);
        pen.close();
        pen.end();
    }
    pen.text("marital_status", &[who.marital]);
    pen.text("employment_status", &[who.employment]);
    if who.works() {
        pen.text("occupation", &[dice.one(&["2", "3", "5", "6", "7", "9"])]);
    }
    if detail != Detail::Core {
        pen.list("language_code");
        pen.word(&[home.country.language]);
        pen.end();
        pen.text("education_level", &[who.education]);
    }
    if detail == Detail::Full && dice.percent(30) {
        pen.list("additional_attributes");
        pen.item();
        pen.text("name", &["interview_round"]);
        pen.text("value", &[dice.one(&["first", "second"])]);
        pen.close();
        pen.end();
    }
    match detail {
        Detail::Full => stamps(pen, home),
        _ => moment(pen, "registration_date", home.registered, "T09:30:00", home),
    }
}

/// What one person of a household is to another: the other is the … of this one.
pub(super) fn relationship(this: &Individual, other: &Individual) -> Option<&'static str> {
    let by_sex = |female: &'static str, male: &'static str| Some(if other.female { female } else { male });
    match (this.role, other.role) {
        (Role::Head, Role::Partner) | (Role::Partner, Role::Head) => by_sex("WIFE", "HUSB"),
        (Role::Head, Role::Child) | (Role::Elder, Role::Head) => by_sex("DAU", "SON"),
        (Role::Child, Role::Head) => by_sex("MTH", "FTH"),
        (Role::Head, Role::Elder) => Some("MTH"),
        _ => None,
    }
}
