use super::yard::*;
use crate::pool::crew::Action;

#[test]
fn min_workers_are_started_and_opened_when_they_are_up() {
    let mut yard = Yard::new(&settings(2, 4));
    assert_eq!(yard.decide(), starts(1..=2));
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.all_up(), [open(1), open(2)]);
    assert_eq!(yard.decide(), []);
}

#[test]
fn tasks_that_wait_start_workers_up_to_the_most() {
    let mut yard = Yard::new(&settings(0, 4));
    assert_eq!(yard.decide(), []);
    yard.queue(1);
    assert_eq!(yard.decide(), starts(1..=1));
    yard.queue(100);
    assert_eq!(yard.decide(), starts(2..=4));
    yard.queue(1000);
    assert_eq!(yard.decide(), Vec::<Action>::new());
}
