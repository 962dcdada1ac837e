//! The demonstration's caller: imports `demo:calc/ops`, exports `demo:calc/app`.

wit_bindgen::generate!({ path: "../../wit/calc", world: "calc-client" });

use demo::calc::ops::{self, Point, Shape};
use exports::demo::calc::app::Guest;

struct Client;

impl Guest for Client {
    fn run() -> String {
        let mut story = String::new();
        let mut line = |text: String| {
            story.push_str(&text);
            story.push('\n');
        };
        line(format!("greet(\"wörld\") = {}", ops::greet("wörld")));
        line(format!("add(2, 40) = {}", ops::add(2, 40)));
        line(format!("divide(84, 2) = {}", outcome(ops::divide(84, 2))));
        line(format!("divide(1, 0) = {}", outcome(ops::divide(1, 0))));
        let numbers: Vec<i32> = (1..=1000).collect();
        line(format!("sum([1, 2, ... 1000]) = {}", ops::sum(&numbers)));
        let rect = Shape::Rect(Point { x: 3, y: 4 });
        line(format!("area(rect({{x: 3, y: 4}})) = {}", outcome(ops::area(rect))));
        line(format!("area(circle(1)) = {}", outcome(ops::area(Shape::Circle(1.0)))));
        line(format!("area(empty) = {}", outcome(ops::area(Shape::Empty))));
        story.truncate(story.trim_end().len());
        story
    }
}

fn outcome<T: std::fmt::Display>(result: Result<T, String>) -> String {
    match result {
        Ok(value) => format!("ok({value})"),
        Err(message) => format!("err({message:?})"),
    }
}

export!(Client);
