//! Instances in groups by when they started, side by side with the group's name above: it is the clue.
//!
//! Invariant: groups depend only on which instances there are and on how they stood at the start of the window, so that no tile
//! changes its place while it plays.

use yew::prelude::*;

use crate::replay::InstanceMoment;

/// Columns of the picture's instances; the style sheet has as many.
const COLUMNS: usize = 4;

/// Instances that started together.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// Positions among all instances.
    pub members: Vec<usize>,
    /// The first of its columns, from 1.
    pub column: usize,
    /// How many columns it has.
    pub columns: usize,
}

impl Group {
    /// Column and row of a member, from 1.
    pub fn place(&self, member: usize) -> [usize; 2] {
        [self.column + member % self.columns, 1 + member / self.columns]
    }
}

/// The groups of instances of which `is_younger` says whether they were started anew before the window; none where nothing
/// distinguishes them, or where groups side by side would need more rows.
pub fn groups(is_younger: &[bool]) -> Vec<Group> {
    let of = |younger: bool| -> Vec<usize> { (0..is_younger.len()).filter(|i| is_younger[*i] == younger).collect() };
    let first_is_younger = is_younger.first().copied().unwrap_or_default();
    let (first, second) = (of(first_is_younger), of(!first_is_younger));
    if second.is_empty() {
        return Vec::new();
    }
    let rows = |columns: usize| first.len().div_ceil(columns).max(second.len().div_ceil(COLUMNS - columns));
    // The most columns for the first: where rows are the same, larger groups are wider.
    let columns = (1..COLUMNS).rev().min_by_key(|columns| rows(*columns)).unwrap_or(1);
    if rows(columns) > is_younger.len().div_ceil(COLUMNS) {
        return Vec::new();
    }
    vec![
        Group { members: first, column: 1, columns },
        Group { members: second, column: 1 + columns, columns: COLUMNS - columns },
    ]
}

/// What a group has in common at the moment, in a long and a short form: since when its processes run.
pub fn words(members: &[&InstanceMoment]) -> [String; 2] {
    let mut up: Vec<&&InstanceMoment> = members.iter().filter(|one| one.is_up()).collect();
    up.sort_by(|a, b| a.age_h.total_cmp(&b.age_h));
    let (Some(youngest), Some(oldest)) = (up.first(), up.last()) else {
        return ["not running", "down"].map(str::to_owned);
    };
    let [least, most] = [youngest, oldest].map(|one| one.age_words());
    let age = if least == most { most } else { format!("{least} to {most}") };
    [format!("started {age} ago"), format!("up {age}")]
}

/// The name of a group, above its columns.
pub fn name(group: &Group, statuses: &[InstanceMoment]) -> Html {
    let members: Vec<&InstanceMoment> = group.members.iter().filter_map(|index| statuses.get(*index)).collect();
    let [long, short] = words(&members);
    // By classes: the page allows no styles in the markup.
    let class = format!("instance-group column-{} columns-{}", group.column, group.columns);
    html! {
        <li key={format!("group-{}", group.column)} {class}>
            <span class="group-long">{ long }</span>
            <span class="group-short">{ short }</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_side_by_side_in_as_few_rows_as_without() {
        let six_and_two = groups(&[false, false, false, false, false, false, true, true]);
        assert_eq!(six_and_two.iter().map(|group| (group.column, group.columns)).collect::<Vec<_>>(), [(1, 3), (4, 1)]);
        assert_eq!(six_and_two[0].place(4), [2, 2]);
        assert_eq!(six_and_two[1].place(1), [4, 2]);
        let two_first = groups(&[true, true, false, false, false, false, false, false]);
        assert_eq!(two_first.iter().map(|group| (group.column, group.columns)).collect::<Vec<_>>(), [(1, 1), (2, 3)]);
    }

    #[test]
    fn without_a_difference_or_room_there_are_no_groups() {
        assert_eq!(groups(&[false; 8]), []);
        assert_eq!(groups(&[]), []);
        // Five columns would be needed.
        assert_eq!(groups(&[false, false, false, false, false, false, false, true]), []);
    }

    #[test]
    fn every_instance_of_any_split_has_a_place_of_its_own() {
        for count in 2..=40 {
            for younger in 1..count {
                let split: Vec<bool> = (0..count).map(|i| i >= count - younger).collect();
                let groups = groups(&split);
                let mut places: Vec<[usize; 2]> = groups
                    .iter()
                    .flat_map(|group| (0..group.members.len()).map(|member| group.place(member)))
                    .collect();
                places.sort_unstable();
                places.dedup();
                assert!(groups.is_empty() || places.len() == count, "{count}, {younger}");
                assert!(places.iter().all(|[column, row]| *column <= COLUMNS && *row <= count.div_ceil(COLUMNS)));
            }
        }
    }
}
