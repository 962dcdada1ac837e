;; What a fused skeleton holds besides runtime.wat, which this text continues: the writers that read from the memory of
;; the component that is served, memory 1. What stands there is checked as the canonical ABI does, and traps alike.

  ;; Traps unless $n elements of $size bytes at $at are aligned and within the callee's memory.
  (func $check_span (export "check_span") (param $at i32) (param $n i32) (param $size i32) (param $align i32)
    (local $end i64)
    (if (i32.and (local.get $at) (i32.sub (local.get $align) (i32.const 1))) (then unreachable))
    (local.set $end (i64.mul (i64.extend_i32_u (local.get $n)) (i64.extend_i32_u (local.get $size))))
    ;; So that an end fits a local, nothing may end at the last byte of 4 GiB.
    (if (i64.gt_u (local.get $end) (i64.const 0xffffffff)) (then unreachable))
    (local.set $end (i64.add (local.get $end) (i64.extend_i32_u (local.get $at))))
    (if (i32.or (i64.gt_u (local.get $end) (i64.const 0xffffffff))
                (i64.gt_u (local.get $end) (i64.shl (i64.extend_i32_u (memory.size $callee)) (i64.const 16))))
      (then unreachable)))

  ;; Room for a request, and for a response that is a little longer in its place.
  (func $realloc_request (export "realloc_request")
    (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (if (i32.gt_u (local.get $size) (i32.const 0x3fffff00)) (then unreachable))
    (call $realloc (local.get $old) (local.get $old_size) (local.get $align) (i32.add (local.get $size) (i32.const 64))))

  ;; As out_begin, over the request if it is not tiny: all of it is in the callee's memory, and what is written is read
  ;; from there.
  (func $out_begin_over (export "out_begin_over")
    (call $out_begin)
    (if (i32.gt_u (i32.sub (global.get $in_end) (global.get $in_start)) (i32.const 64))
      (then
        (global.set $out_start (global.get $in_start))
        (global.set $out (global.get $in_start))
        (global.set $out_end (i32.add (global.get $in_end) (i32.const 64))))))

  (func $put_bytes_from (export "put_bytes_from") (param $at i32) (param $length i32)
    (if (i32.gt_u (local.get $length) (i32.const 0x3fffff00)) (then unreachable))
    (call $reserve (i32.add (local.get $length) (i32.const 5)))
    (call $put_u32 (local.get $length))
    (memory.copy $own $callee (global.get $out) (local.get $at) (local.get $length))
    (global.set $out (i32.add (global.get $out) (local.get $length))))

  (func $put_string_from (export "put_string_from") (param $at i32) (param $length i32)
    (call $put_bytes_from (local.get $at) (local.get $length))
    (if (i32.ne (call $utf8_end (i32.sub (global.get $out) (local.get $length)) (global.get $out)) (global.get $out))
      (then unreachable)))

  ;; Every byte but 0 is true.
  (func $put_bools_from (export "put_bools_from") (param $at i32) (param $n i32)
    (call $put_bytes_from (local.get $at) (local.get $n))
    (local.set $at (i32.sub (global.get $out) (local.get $n)))
    (block $done
      (loop $elements
        (br_if $done (i32.ge_u (local.get $at) (global.get $out)))
        (i32.store8 (local.get $at) (i32.ne (i32.load8_u (local.get $at)) (i32.const 0)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $elements))))

  (func $put_f32s_from (export "put_f32s_from") (param $at i32) (param $n i32)
    (local $v f32)
    (call $check_span (local.get $at) (local.get $n) (i32.const 4) (i32.const 4))
    (if (i32.gt_u (local.get $n) (i32.const 0x0fffff00)) (then unreachable))
    (call $reserve (i32.add (i32.shl (local.get $n) (i32.const 2)) (i32.const 5)))
    (call $put_u32 (local.get $n))
    (local.set $n (i32.shl (local.get $n) (i32.const 2)))
    (memory.copy $own $callee (global.get $out) (local.get $at) (local.get $n))
    (local.set $at (global.get $out))
    (global.set $out (i32.add (local.get $at) (local.get $n)))
    (block $done
      (loop $elements
        (br_if $done (i32.ge_u (local.get $at) (global.get $out)))
        (local.set $v (f32.load (local.get $at)))
        (if (f32.ne (local.get $v) (local.get $v)) (then (i32.store (local.get $at) (i32.const 0x7fc00000))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $elements))))

  (func $put_f64s_from (export "put_f64s_from") (param $at i32) (param $n i32)
    (local $v f64)
    (call $check_span (local.get $at) (local.get $n) (i32.const 8) (i32.const 8))
    (if (i32.gt_u (local.get $n) (i32.const 0x07ffff00)) (then unreachable))
    (call $reserve (i32.add (i32.shl (local.get $n) (i32.const 3)) (i32.const 5)))
    (call $put_u32 (local.get $n))
    (local.set $n (i32.shl (local.get $n) (i32.const 3)))
    (memory.copy $own $callee (global.get $out) (local.get $at) (local.get $n))
    (local.set $at (global.get $out))
    (global.set $out (i32.add (local.get $at) (local.get $n)))
    (block $done
      (loop $elements
        (br_if $done (i32.ge_u (local.get $at) (global.get $out)))
        (local.set $v (f64.load (local.get $at)))
        (if (f64.ne (local.get $v) (local.get $v)) (then (i64.store (local.get $at) (i64.const 0x7ff8000000000000))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $elements))))

  ;; $n flags, for which there is room; bits that have no flag are left out.
  (func $put_flags_from (export "put_flags_from") (param $at i32) (param $n i32)
    (local $length i32)
    (if (i32.eqz (local.get $n)) (then (return)))
    (local.set $length (i32.shr_u (i32.add (local.get $n) (i32.const 7)) (i32.const 3)))
    (memory.copy $own $callee (global.get $out) (local.get $at) (local.get $length))
    (global.set $out (i32.add (global.get $out) (local.get $length)))
    (if (i32.and (local.get $n) (i32.const 7))
      (then
        (local.set $at (i32.sub (global.get $out) (i32.const 1)))
        (i32.store8 (local.get $at)
          (i32.and (i32.load8_u (local.get $at))
                   (i32.sub (i32.shl (i32.const 1) (i32.and (local.get $n) (i32.const 7))) (i32.const 1)))))))
