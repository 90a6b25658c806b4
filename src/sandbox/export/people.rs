//! Invented people and households: who they are, before anything of them is written.

use super::pen::{Day, Dice};
use super::world::{COUNTRIES, Country, Town};

/// What a person is in a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Head,
    Partner,
    Child,
    /// Mother of the head.
    Elder,
}

/// Somebody. Numbers of identifiers are made from `number`, which no two people of an output share.
#[derive(Clone, Copy)]
pub(super) struct Individual {
    pub(super) number: u64,
    pub(super) role: Role,
    pub(super) female: bool,
    pub(super) given: &'static str,
    pub(super) surname: &'static str,
    pub(super) born: Day,
    /// Code of marital_status.
    pub(super) marital: &'static str,
    /// Code of employment_status.
    pub(super) employment: &'static str,
    pub(super) education: &'static str,
    pub(super) disabled: bool,
}

/// Most people in a household.
pub(super) const MOST: usize = 7;
/// Numbers of people and things that belong to one record: members first, others (parents, carers) after them.
pub(super) const SLOTS: u64 = 16;

/// People who live together, the head first.
pub(super) struct Household {
    pub(super) home: Home,
    people: [Option<Individual>; MOST],
}

/// Where something is, and when it was registered.
#[derive(Clone, Copy)]
pub(super) struct Home {
    pub(super) country: &'static Country,
    pub(super) town: &'static Town,
    /// Ten-millionths of a degree, near the town's centre.
    pub(super) latitude: i64,
    pub(super) longitude: i64,
    pub(super) registered: Day,
    pub(super) updated: Day,
}

impl Home {
    pub(super) fn somewhere(dice: &mut Dice) -> Home {
        let country = &COUNTRIES[dice.below(COUNTRIES.len() as u64) as usize];
        let town = &country.towns[dice.below(country.towns.len() as u64) as usize];
        let mut near = |centre: i64| centre + dice.below(300_000) as i64 - 150_000;
        let (latitude, longitude) = (near(town.latitude), near(town.longitude));
        let registered = Day::within(dice, 2019, 2022);
        Home { country, town, latitude, longitude, registered, updated: Day::within(dice, 2023, 2024) }
    }
}

impl Individual {
    /// An adult who lives alone.
    pub(super) fn alone(dice: &mut Dice, home: &Home, number: u64) -> Individual {
        let female = dice.percent(55);
        let born = Day::within(dice, 1945, 1999);
        let marital = dice.one(&["S", "S", "W", "D", "L", "U"]);
        let mut person = Individual::adult(dice, home, number, Role::Head, female, born);
        person.marital = marital;
        person
    }

    fn adult(dice: &mut Dice, home: &Home, number: u64, role: Role, female: bool, born: Day) -> Individual {
        Individual {
            number,
            role,
            female,
            given: dice.one(if female { home.country.women } else { home.country.men }),
            surname: dice.one(home.country.surnames),
            born,
            marital: "S",
            employment: dice.one(&["1", "3", "3", "5", "6", "6", "2"]),
            education: dice.one(&["1", "1", "2", "3", "3", "4", "6"]),
            disabled: dice.percent(12),
        }
    }

    fn child(dice: &mut Dice, head: &Individual, home: &Home, number: u64) -> Individual {
        let female = dice.percent(50);
        let born = Day::within(dice, 2005, 2018);
        let mut child = Individual::adult(dice, home, number, Role::Child, female, born);
        child.surname = head.surname;
        child.employment = "6";
        child.education = match born.year {
            2015.. => "0",
            2010.. => "1",
            _ => "2",
        };
        child.disabled = dice.percent(6);
        child
    }

    /// Works, as employment_status has it.
    pub(super) fn works(&self) -> bool {
        self.employment != "6"
    }
}

impl Household {
    /// Invents a household whose people have the numbers from `first` on.
    pub(super) fn new(dice: &mut Dice, first: u64) -> Household {
        let couple = dice.percent(50);
        let children = dice.one(&[0, 0, 0, 0, 0, 1, 1, 2, 2, 4]);
        let elder = dice.percent(10);
        Household::of(dice, first, couple, children, elder)
    }

    /// A household made up so.
    pub(super) fn of(dice: &mut Dice, first: u64, couple: bool, children: usize, elder: bool) -> Household {
        let home = Home::somewhere(dice);
        let mut people = [None; MOST];
        let mut filled = 0;
        let mut add = |person: Individual| {
            people[filled] = Some(person);
            filled += 1;
        };
        let born = Day::within(dice, 1968, 1986);
        let female = dice.percent(40);
        let mut head = Individual::adult(dice, &home, first, Role::Head, female, born);
        head.marital = if couple { "M" } else { dice.one(&["S", "W", "D"]) };
        add(head);
        let mut next = first + 1;
        if couple {
            let born = Day::within(dice, 1968, 1986);
            let mut partner = Individual::adult(dice, &home, next, Role::Partner, !female, born);
            partner.marital = "M";
            add(partner);
            next += 1;
        }
        for _ in 0..children {
            add(Individual::child(dice, &head, &home, next));
            next += 1;
        }
        if elder {
            let born = Day::within(dice, 1936, 1949);
            let mut mother = Individual::adult(dice, &home, next, Role::Elder, true, born);
            mother.marital = "W";
            mother.employment = "6";
            mother.disabled = dice.percent(40);
            add(mother);
        }
        Household { home, people }
    }

    pub(super) fn people(&self) -> impl Iterator<Item = &Individual> {
        self.people.iter().flatten()
    }

    pub(super) fn size(&self) -> u64 {
        self.people().count() as u64
    }
}
