//! The extras caller: imports `test:extras/sequences`, calls every function, and says the first answer that is wrong.

wit_bindgen::generate!({ path: "../../wit/extras", world: "caller" });

use exports::test::extras::check::Guest;
use test::extras::sequences::{self, Matrix};
use wit_bindgen::rt::Map;

struct Caller;

impl Guest for Caller {
    fn run() -> Result<String, String> {
        let right = |name: &str, right: bool| {
            if right {
                Ok(())
            } else {
                Err(format!("{name}: wrong answer"))
            }
        };
        right(
            "reverse-four",
            sequences::reverse_four([1, 2, 3, u32::MAX]) == [u32::MAX, 3, 2, 1],
        )?;
        right("thrice", sequences::thrice("日") == ["日", "日!", "日!!"])?;
        let matrix = Matrix {
            name: "m".to_string(),
            rows: [[1.0, 2.0, 3.0], [4.0, 5.0, -6.0]],
        };
        let turned = sequences::turn(&matrix);
        right(
            "turn",
            turned.name == "m" && turned.rows == [[-6.0, 5.0, 4.0], [3.0, 2.0, 1.0]],
        )?;
        let numbers: [u8; 20] = std::array::from_fn(|i| i as u8 + 236);
        right("sum-twenty", sequences::sum_twenty(numbers) == 4910)?;
        let ages = [("a", 1), ("ß", u32::MAX), ("", 7)].map(|(name, age)| (name.to_string(), age));
        let older = [("a", 2), ("ß", 0), ("", 8)].map(|(name, age)| (name.to_string(), age));
        right(
            "next-values",
            sequences::next_values(&Map::from(ages)) == Map::from(older),
        )?;
        let names = [(1, "one"), (65535, "many")].map(|(number, name)| (number, name.to_string()));
        let numbers = [("one", 1), ("many", 65535)].map(|(name, number)| (name.to_string(), number));
        right("invert", sequences::invert(&Map::from(names)) == Map::from(numbers))?;
        Ok("6 functions".to_string())
    }
}

export!(Caller);
