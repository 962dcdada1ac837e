//! `test:values/compounds`.

use crate::exports::test::values::compounds::{Big, Everything, Flags1, Flags8, Flags9, Flags32, Guest};
use crate::exports::test::values::shapes::{Color, Line, Payload, Point};
use crate::{Callee, exchange_ends, next_color, next_payload, reversed};

impl Guest for Callee {
    fn swap_pair((number, text): (u8, String)) -> (String, u8) {
        (text, number)
    }

    fn turn(v: Line) -> Line {
        let line = exchange_ends(v);
        Line {
            name: line.name + "~",
            weight: -line.weight,
            ..line
        }
    }

    fn next_everything(v: Everything) -> Everything {
        Everything {
            a: !v.a,
            b: v.b.wrapping_add(1),
            c: v.c.wrapping_add(1),
            d: v.d.wrapping_add(1),
            e: v.e.wrapping_add(1),
            f: v.f.wrapping_add(1),
            g: v.g.wrapping_add(1),
            h: v.h + 1.0,
            i: v.i.wrapping_add(1),
            j: v.j,
            k: -v.k,
            l: v.l.wrapping_add(1),
            m: v.m + "+",
            n: v.n.wrapping_add(1),
            o: v.o.map(|o| o.wrapping_add(1)),
            p: next_color(v.p),
            q: reversed(v.q),
        }
    }

    fn next_payload(v: Payload) -> Payload {
        next_payload(v)
    }

    fn kind(v: Payload) -> String {
        match v {
            Payload::Nothing => "nothing",
            Payload::Number(_) => "number",
            Payload::Long(_) => "long",
            Payload::Text(_) => "text",
            Payload::Place(_) => "place",
        }
        .to_string()
    }

    fn next_color(v: Color) -> Color {
        next_color(v)
    }

    fn next_big(v: Big) -> Big {
        let next = (v as u16 + 1) % 300;
        BIG[usize::from(next)]
    }

    fn invert(a: Flags1, b: Flags8, c: Flags9, d: Flags32) -> (Flags1, Flags8, Flags9, Flags32) {
        (!a, !b, !c, !d)
    }

    fn next_option(v: Option<u32>) -> Option<u32> {
        v.map(|v| v.wrapping_add(1))
    }

    fn next_nested(v: Option<Option<String>>) -> Option<Option<String>> {
        match v {
            None => Some(None),
            Some(None) => Some(Some("new".to_string())),
            Some(Some(_)) => None,
        }
    }

    fn echo_deep(v: Option<Option<Option<u8>>>) -> Option<Option<Option<u8>>> {
        v
    }

    fn flip(v: Result<u8, Color>) -> Result<Color, u8> {
        match v {
            Ok(number) => Err(number),
            Err(color) => Ok(color),
        }
    }

    fn outcome(v: bool) -> Result<(), ()> {
        if v { Ok(()) } else { Err(()) }
    }

    fn only_ok(v: i32) -> Result<u32, ()> {
        u32::try_from(v).map_err(|_| ())
    }

    fn only_err(v: i32) -> Result<(), String> {
        if v < 0 { Err(format!("negative: {v}")) } else { Ok(()) }
    }

    fn divide(a: i32, b: i32) -> Result<i32, String> {
        if b == 0 {
            return Err("division by zero".to_string());
        }
        a.checked_div(b).ok_or_else(|| "overflow".to_string())
    }

    fn find(name: String) -> Result<Line, Payload> {
        if name == "none" {
            return Err(Payload::Nothing);
        }
        if name.starts_with('-') {
            return Err(Payload::Text(name));
        }
        Ok(Line {
            name,
            from: Point { x: 1, y: 2 },
            to: Point { x: 3, y: 4 },
            weight: 0.5,
        })
    }

    #[allow(clippy::too_many_arguments, clippy::many_single_char_names)]
    fn many(
        a: u8,
        b: i8,
        c: u16,
        d: i16,
        e: u32,
        f: i32,
        g: u64,
        h: i64,
        i: String,
        j: u8,
        k: u8,
        l: u8,
        m: u8,
        n: u8,
        o: String,
        p: u32,
    ) -> String {
        format!("{a},{b},{c},{d},{e},{f},{g},{h},{i},{j},{k},{l},{m},{n},{o},{p}")
    }
}

/// The cases in order: the bindings number them, and offer no way back from the number.
#[rustfmt::skip]
const BIG: [Big; 300] = [
    Big::C0, Big::C1, Big::C2, Big::C3, Big::C4, Big::C5, Big::C6, Big::C7, Big::C8, Big::C9, Big::C10, Big::C11,
    Big::C12, Big::C13, Big::C14, Big::C15, Big::C16, Big::C17, Big::C18, Big::C19, Big::C20, Big::C21, Big::C22,
    Big::C23, Big::C24, Big::C25, Big::C26, Big::C27, Big::C28, Big::C29, Big::C30, Big::C31, Big::C32, Big::C33,
    Big::C34, Big::C35, Big::C36, Big::C37, Big::C38, Big::C39, Big::C40, Big::C41, Big::C42, Big::C43, Big::C44,
    Big::C45, Big::C46, Big::C47, Big::C48, Big::C49, Big::C50, Big::C51, Big::C52, Big::C53, Big::C54, Big::C55,
    Big::C56, Big::C57, Big::C58, Big::C59, Big::C60, Big::C61, Big::C62, Big::C63, Big::C64, Big::C65, Big::C66,
    Big::C67, Big::C68, Big::C69, Big::C70, Big::C71, Big::C72, Big::C73, Big::C74, Big::C75, Big::C76, Big::C77,
    Big::C78, Big::C79, Big::C80, Big::C81, Big::C82, Big::C83, Big::C84, Big::C85, Big::C86, Big::C87, Big::C88,
    Big::C89, Big::C90, Big::C91, Big::C92, Big::C93, Big::C94, Big::C95, Big::C96, Big::C97, Big::C98, Big::C99,
    Big::C100, Big::C101, Big::C102, Big::C103, Big::C104, Big::C105, Big::C106, Big::C107, Big::C108, Big::C109,
    Big::C110, Big::C111, Big::C112, Big::C113, Big::C114, Big::C115, Big::C116, Big::C117, Big::C118, Big::C119,
    Big::C120, Big::C121, Big::C122, Big::C123, Big::C124, Big::C125, Big::C126, Big::C127, Big::C128, Big::C129,
    Big::C130, Big::C131, Big::C132, Big::C133, Big::C134, Big::C135, Big::C136, Big::C137, Big::C138, Big::C139,
    Big::C140, Big::C141, Big::C142, Big::C143, Big::C144, Big::C145, Big::C146, Big::C147, Big::C148, Big::C149,
    Big::C150, Big::C151, Big::C152, Big::C153, Big::C154, Big::C155, Big::C156, Big::C157, Big::C158, Big::C159,
    Big::C160, Big::C161, Big::C162, Big::C163, Big::C164, Big::C165, Big::C166, Big::C167, Big::C168, Big::C169,
    Big::C170, Big::C171, Big::C172, Big::C173, Big::C174, Big::C175, Big::C176, Big::C177, Big::C178, Big::C179,
    Big::C180, Big::C181, Big::C182, Big::C183, Big::C184, Big::C185, Big::C186, Big::C187, Big::C188, Big::C189,
    Big::C190, Big::C191, Big::C192, Big::C193, Big::C194, Big::C195, Big::C196, Big::C197, Big::C198, Big::C199,
    Big::C200, Big::C201, Big::C202, Big::C203, Big::C204, Big::C205, Big::C206, Big::C207, Big::C208, Big::C209,
    Big::C210, Big::C211, Big::C212, Big::C213, Big::C214, Big::C215, Big::C216, Big::C217, Big::C218, Big::C219,
    Big::C220, Big::C221, Big::C222, Big::C223, Big::C224, Big::C225, Big::C226, Big::C227, Big::C228, Big::C229,
    Big::C230, Big::C231, Big::C232, Big::C233, Big::C234, Big::C235, Big::C236, Big::C237, Big::C238, Big::C239,
    Big::C240, Big::C241, Big::C242, Big::C243, Big::C244, Big::C245, Big::C246, Big::C247, Big::C248, Big::C249,
    Big::C250, Big::C251, Big::C252, Big::C253, Big::C254, Big::C255, Big::C256, Big::C257, Big::C258, Big::C259,
    Big::C260, Big::C261, Big::C262, Big::C263, Big::C264, Big::C265, Big::C266, Big::C267, Big::C268, Big::C269,
    Big::C270, Big::C271, Big::C272, Big::C273, Big::C274, Big::C275, Big::C276, Big::C277, Big::C278, Big::C279,
    Big::C280, Big::C281, Big::C282, Big::C283, Big::C284, Big::C285, Big::C286, Big::C287, Big::C288, Big::C289,
    Big::C290, Big::C291, Big::C292, Big::C293, Big::C294, Big::C295, Big::C296, Big::C297, Big::C298, Big::C299,
];
