;; What every stub and skeleton holds: an arena per call, and the readers and writers of the wit encoding.
;;
;; The emitter appends its own functions after these, sets the first two globals, and fills the table at
;; address 160 with pointer and length of the fault texts. Nothing here knows a type of WIT.
;;
;; Memory: 16..144 free chunks by size class, 160..256 fault texts' table, then the emitter's data, then the heap.
(module
  (memory $own 1)
  (global $brk (export "brk") (mut i32) (i32.const 4096))           ;; end of the heap; a multiple of 16
  (global $allowance (export "allowance") i64 (i64.const 268435456)) ;; bytes that one message may decode into
  (global $arena (export "arena") (mut i32) (i32.const 0))          ;; newest chunk of the running call
  (global $in_start (export "in_start") (mut i32) (i32.const 0))
  (global $in (export "in") (mut i32) (i32.const 0))
  (global $in_end (export "in_end") (mut i32) (i32.const 0))
  (global $out_start (export "out_start") (mut i32) (i32.const 0))
  (global $out (export "out") (mut i32) (i32.const 0))
  (global $out_end (export "out_end") (mut i32) (i32.const 0))
  (global $fault (export "fault") (mut i32) (i32.const 0))          ;; the first fault's kind, 0 while there is none
  (global $fault_at (export "fault_at") (mut i32) (i32.const 0))
  (global $budget (export "budget") (mut i64) (i64.const 0))

  ;; --- the heap: chunks of 2^k bytes, k >= 12; an arena is a list of chunks, freed as one ----------------------
  ;; A chunk: next at 0, class at 4, cursor at 8, end at 12, contents from 16.

  (func $chunk_take (param $need i32) (result i32)
    (local $class i32) (local $slot i32) (local $chunk i32) (local $end i32) (local $pages i32)
    (if (i32.gt_u (local.get $need) (i32.const 0x40000000)) (then unreachable))
    (local.set $class (i32.sub (i32.const 32) (i32.clz (i32.sub (local.get $need) (i32.const 1)))))
    (if (i32.lt_u (local.get $class) (i32.const 12)) (then (local.set $class (i32.const 12))))
    (local.set $slot (i32.add (i32.const 16) (i32.shl (local.get $class) (i32.const 2))))
    (block $none
      (loop $classes
        (br_if $none (i32.gt_u (local.get $slot) (i32.const 136)))
        (local.set $chunk (i32.load (local.get $slot)))
        (if (local.get $chunk)
          (then
            (i32.store (local.get $slot) (i32.load (local.get $chunk)))
            (return (local.get $chunk))))
        (local.set $slot (i32.add (local.get $slot) (i32.const 4)))
        (br $classes)))
    (local.set $chunk (global.get $brk))
    (local.set $end (i32.add (local.get $chunk) (i32.shl (i32.const 1) (local.get $class))))
    (if (i32.lt_u (local.get $end) (local.get $chunk)) (then unreachable))
    (local.set $pages
      (i32.sub (i32.shr_u (i32.add (i32.sub (local.get $end) (i32.const 1)) (i32.const 0)) (i32.const 16))
               (i32.sub (memory.size) (i32.const 1))))
    (if (i32.gt_s (local.get $pages) (i32.const 0))
      (then (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then unreachable))))
    (global.set $brk (local.get $end))
    (i32.store offset=4 (local.get $chunk) (local.get $class))
    (local.get $chunk))

  ;; Put a chunk with room for $need contents in front of the arena.
  (func $arena_grow (param $need i32) (result i32)
    (local $chunk i32)
    (if (i32.gt_u (local.get $need) (i32.const 0x3fffff00)) (then unreachable))
    (local.set $chunk (call $chunk_take (i32.add (local.get $need) (i32.const 16))))
    (i32.store (local.get $chunk) (global.get $arena))
    (i32.store offset=8 (local.get $chunk) (i32.add (local.get $chunk) (i32.const 16)))
    (i32.store offset=12 (local.get $chunk)
      (i32.add (local.get $chunk) (i32.shl (i32.const 1) (i32.load offset=4 (local.get $chunk)))))
    (global.set $arena (local.get $chunk))
    (local.get $chunk))

  (func $alloc (export "alloc") (param $size i32) (param $align i32) (result i32)
    (local $chunk i32) (local $at i32) (local $end i32)
    (local.set $chunk (global.get $arena))
    (if (local.get $chunk)
      (then
        (local.set $at
          (i32.and (i32.add (i32.load offset=8 (local.get $chunk)) (i32.sub (local.get $align) (i32.const 1)))
                   (i32.sub (i32.const 0) (local.get $align))))
        (local.set $end (i32.add (local.get $at) (local.get $size)))
        (if (i32.and (i32.ge_u (local.get $end) (local.get $at))
                     (i32.le_u (local.get $end) (i32.load offset=12 (local.get $chunk))))
          (then
            (i32.store offset=8 (local.get $chunk) (local.get $end))
            (return (local.get $at))))))
    (local.set $chunk (call $arena_grow (local.get $size)))
    (local.set $at (i32.add (local.get $chunk) (i32.const 16)))
    (i32.store offset=8 (local.get $chunk) (i32.add (local.get $at) (local.get $size)))
    (local.get $at))

  (func $realloc (export "realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $new i32)
    (local.set $new (call $alloc (local.get $size) (local.get $align)))
    (if (local.get $old_size)
      (then
        (memory.copy (local.get $new) (local.get $old)
          (select (local.get $old_size) (local.get $size) (i32.lt_u (local.get $old_size) (local.get $size))))))
    (local.get $new))

  ;; Free the running call's arena.
  (func $arena_free (export "arena_free")
    (local $chunk i32) (local $next i32) (local $slot i32)
    (local.set $chunk (global.get $arena))
    (block $done
      (loop $chunks
        (br_if $done (i32.eqz (local.get $chunk)))
        (local.set $next (i32.load (local.get $chunk)))
        (local.set $slot (i32.add (i32.const 16) (i32.shl (i32.load offset=4 (local.get $chunk)) (i32.const 2))))
        (i32.store (local.get $chunk) (i32.load (local.get $slot)))
        (i32.store (local.get $slot) (local.get $chunk))
        (local.set $chunk (local.get $next))
        (br $chunks)))
    (global.set $arena (i32.const 0)))

  ;; --- writing: between out_begin and out_finish nothing else allocates -----------------------------------------

  (func $out_begin (export "out_begin")
    (local $chunk i32)
    (local.set $chunk (global.get $arena))
    (if (i32.eqz (local.get $chunk)) (then (local.set $chunk (call $arena_grow (i32.const 64)))))
    (global.set $out_start (i32.load offset=8 (local.get $chunk)))
    (global.set $out (global.get $out_start))
    (global.set $out_end (i32.load offset=12 (local.get $chunk))))

  (func $out_grow (param $room i32)
    (local $chunk i32) (local $length i32) (local $need i32)
    (local.set $length (i32.sub (global.get $out) (global.get $out_start)))
    (local.set $need (i32.add (local.get $length) (local.get $room)))
    (if (i32.or (i32.lt_u (local.get $need) (local.get $room)) (i32.gt_u (local.get $need) (i32.const 0x3ffffe00)))
      (then unreachable))
    ;; Half as much again, so that a long message is copied a bounded number of times.
    (local.set $chunk (call $arena_grow
      (select (i32.const 0x3fffff00) (i32.add (local.get $need) (i32.shr_u (local.get $need) (i32.const 1)))
              (i32.gt_u (local.get $need) (i32.const 0x2aaaaa00)))))
    (memory.copy (i32.add (local.get $chunk) (i32.const 16)) (global.get $out_start) (local.get $length))
    (global.set $out_start (i32.add (local.get $chunk) (i32.const 16)))
    (global.set $out (i32.add (global.get $out_start) (local.get $length)))
    (global.set $out_end (i32.load offset=12 (local.get $chunk))))

  (func $reserve (export "reserve") (param $room i32)
    (if (i32.lt_u (i32.sub (global.get $out_end) (global.get $out)) (local.get $room))
      (then (call $out_grow (local.get $room)))))

  (func $out_finish (export "out_finish")
    (i32.store offset=8 (global.get $arena) (global.get $out)))

  (func $put_u8 (export "put_u8") (param $v i32)
    (i32.store8 (global.get $out) (local.get $v))
    (global.set $out (i32.add (global.get $out) (i32.const 1))))

  (func $put_u32 (export "put_u32") (param $v i32)
    (local $at i32)
    (local.set $at (global.get $out))
    (loop $bytes
      (if (i32.gt_u (local.get $v) (i32.const 0x7f))
        (then
          (i32.store8 (local.get $at) (i32.or (local.get $v) (i32.const 0x80)))
          (local.set $v (i32.shr_u (local.get $v) (i32.const 7)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $bytes))))
    (i32.store8 (local.get $at) (local.get $v))
    (global.set $out (i32.add (local.get $at) (i32.const 1))))

  (func $put_u64 (export "put_u64") (param $v i64)
    (local $at i32)
    (local.set $at (global.get $out))
    (loop $bytes
      (if (i64.gt_u (local.get $v) (i64.const 0x7f))
        (then
          (i64.store8 (local.get $at) (i64.or (local.get $v) (i64.const 0x80)))
          (local.set $v (i64.shr_u (local.get $v) (i64.const 7)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $bytes))))
    (i64.store8 (local.get $at) (local.get $v))
    (global.set $out (i32.add (local.get $at) (i32.const 1))))

  (func $put_s64 (export "put_s64") (param $v i64)
    (local $at i32)
    (local.set $at (global.get $out))
    (loop $bytes
      ;; One byte is enough for -64 to 63.
      (if (i64.gt_u (i64.add (local.get $v) (i64.const 64)) (i64.const 127))
        (then
          (i64.store8 (local.get $at) (i64.or (local.get $v) (i64.const 0x80)))
          (local.set $v (i64.shr_s (local.get $v) (i64.const 7)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $bytes))))
    (i64.store8 (local.get $at) (i64.and (local.get $v) (i64.const 0x7f)))
    (global.set $out (i32.add (local.get $at) (i32.const 1))))

  (func $put_s32 (export "put_s32") (param $v i32)
    (call $put_s64 (i64.extend_i32_s (local.get $v))))

  (func $put_f32 (export "put_f32") (param $v f32)
    (if (f32.eq (local.get $v) (local.get $v))
      (then (f32.store (global.get $out) (local.get $v)))
      (else (i32.store (global.get $out) (i32.const 0x7fc00000))))
    (global.set $out (i32.add (global.get $out) (i32.const 4))))

  (func $put_f64 (export "put_f64") (param $v f64)
    (if (f64.eq (local.get $v) (local.get $v))
      (then (f64.store (global.get $out) (local.get $v)))
      (else (i64.store (global.get $out) (i64.const 0x7ff8000000000000))))
    (global.set $out (i32.add (global.get $out) (i32.const 8))))

  ;; A character that a fused callee gave; traps as the canonical ABI does if it is none.
  (func $check_char (export "check_char") (param $c i32) (result i32)
    (if (i32.or (i32.gt_u (local.get $c) (i32.const 0x10ffff))
                (i32.eq (i32.shr_u (local.get $c) (i32.const 11)) (i32.const 0x1b)))
      (then unreachable))
    (local.get $c))

  (func $put_char (export "put_char") (param $c i32)
    (if (i32.lt_u (local.get $c) (i32.const 0x80)) (then (call $put_u8 (local.get $c)) (return)))
    (if (i32.lt_u (local.get $c) (i32.const 0x800))
      (then
        (call $put_u8 (i32.or (i32.const 0xc0) (i32.shr_u (local.get $c) (i32.const 6)))))
      (else
        (if (i32.lt_u (local.get $c) (i32.const 0x10000))
          (then
            (call $put_u8 (i32.or (i32.const 0xe0) (i32.shr_u (local.get $c) (i32.const 12)))))
          (else
            (call $put_u8 (i32.or (i32.const 0xf0) (i32.shr_u (local.get $c) (i32.const 18))))
            (call $put_u8 (i32.or (i32.const 0x80)
              (i32.and (i32.shr_u (local.get $c) (i32.const 12)) (i32.const 0x3f))))))
        (call $put_u8 (i32.or (i32.const 0x80)
          (i32.and (i32.shr_u (local.get $c) (i32.const 6)) (i32.const 0x3f))))))
    (call $put_u8 (i32.or (i32.const 0x80) (i32.and (local.get $c) (i32.const 0x3f)))))

  ;; A length and that many bytes; reserves by itself.
  (func $put_bytes (export "put_bytes") (param $at i32) (param $length i32)
    (if (i32.gt_u (local.get $length) (i32.const 0x3fffff00)) (then unreachable))
    (call $reserve (i32.add (local.get $length) (i32.const 5)))
    (call $put_u32 (local.get $length))
    (call $put_raw (local.get $at) (local.get $length)))

  ;; Bytes without a length, for which there is room.
  (func $put_raw (export "put_raw") (param $at i32) (param $length i32)
    (memory.copy (global.get $out) (local.get $at) (local.get $length))
    (global.set $out (i32.add (global.get $out) (local.get $length))))

  (func $put_f32s (export "put_f32s") (param $at i32) (param $n i32)
    (call $reserve (i32.add (i32.shl (local.get $n) (i32.const 2)) (i32.const 5)))
    (call $put_u32 (local.get $n))
    (block $done
      (loop $elements
        (br_if $done (i32.eqz (local.get $n)))
        (call $put_f32 (f32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $elements))))

  (func $put_f64s (export "put_f64s") (param $at i32) (param $n i32)
    (call $reserve (i32.add (i32.shl (local.get $n) (i32.const 3)) (i32.const 5)))
    (call $put_u32 (local.get $n))
    (block $done
      (loop $elements
        (br_if $done (i32.eqz (local.get $n)))
        (call $put_f64 (f64.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $elements))))

  ;; --- reading: after the first fault every read gives nothing, so that one check at the end is enough ---------

  (func $in_begin (export "in_begin") (param $at i32) (param $length i32)
    (global.set $in_start (local.get $at))
    (global.set $in (local.get $at))
    (global.set $in_end (i32.add (local.get $at) (local.get $length)))
    (global.set $fault (i32.const 0))
    (global.set $budget (global.get $allowance)))

  ;; 1 ends too early, 2 number too long or too large, 3 byte is not 0 or 1, 4 no such case, 5 not UTF-8,
  ;; 6 not a character, 7 unused flag set, 8 bytes left over, 9 more elements than bytes, 10 too large once decoded
  (func $fail (export "fail") (param $kind i32)
    (if (i32.eqz (global.get $fault))
      (then
        (global.set $fault (local.get $kind))
        (global.set $fault_at (i32.sub (global.get $in) (global.get $in_start)))))
    (global.set $in (global.get $in_end)))

  (func $in_finish (export "in_finish") (result i32)
    (if (i32.ne (global.get $in) (global.get $in_end)) (then (call $fail (i32.const 8))))
    (global.get $fault))

  ;; Where the next $length bytes are, or 0 and a fault.
  (func $take (export "take") (param $length i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $in))
    (if (i32.gt_u (local.get $length) (i32.sub (global.get $in_end) (local.get $at)))
      (then (call $fail (i32.const 1)) (return (i32.const 0))))
    (global.set $in (i32.add (local.get $at) (local.get $length)))
    (local.get $at))

  (func $get_u8 (export "get_u8") (result i32)
    (local $at i32)
    (local.set $at (global.get $in))
    (if (i32.ge_u (local.get $at) (global.get $in_end)) (then (call $fail (i32.const 1)) (return (i32.const 0))))
    (global.set $in (i32.add (local.get $at) (i32.const 1)))
    (i32.load8_u (local.get $at)))

  (func $get_bool (export "get_bool") (result i32)
    (local $at i32)
    (local.set $at (global.get $in))
    (if (i32.ge_u (local.get $at) (global.get $in_end)) (then (call $fail (i32.const 1)) (return (i32.const 0))))
    (if (i32.gt_u (i32.load8_u (local.get $at)) (i32.const 1)) (then (call $fail (i32.const 3)) (return (i32.const 0))))
    (global.set $in (i32.add (local.get $at) (i32.const 1)))
    (i32.load8_u (local.get $at)))

  ;; Unsigned LEB128 of at most $max. What is well formed and not near the end is read here, the rest with care below.
  (func $get_u64 (export "get_u64") (param $max i64) (result i64)
    (local $at i32) (local $v i64) (local $byte i64) (local $shift i64)
    (local.set $at (global.get $in))
    (block $odd
      (br_if $odd (i32.lt_u (i32.sub (global.get $in_end) (local.get $at)) (i32.const 10)))
      (loop $bytes
        (local.set $byte (i64.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $v (i64.or (local.get $v)
          (i64.shl (i64.and (local.get $byte) (i64.const 0x7f)) (local.get $shift))))
        (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
        (if (i64.ge_u (local.get $byte) (i64.const 0x80))
          (then
            (br_if $odd (i64.ge_u (local.get $shift) (i64.const 63)))
            (br $bytes))))
      (br_if $odd (i32.and (i64.eqz (local.get $byte)) (i64.gt_u (local.get $shift) (i64.const 7))))
      (br_if $odd (i64.gt_u (local.get $v) (local.get $max)))
      (global.set $in (local.get $at))
      (return (local.get $v)))
    (call $get_u64_slowly (local.get $max)))

  (func $get_u64_slowly (param $max i64) (result i64)
    (local $start i32) (local $v i64) (local $byte i64) (local $shift i64)
    (local.set $start (global.get $in))
    (loop $bytes
      (local.set $byte (i64.extend_i32_u (call $get_u8)))
      (if (global.get $fault) (then (return (i64.const 0))))
      ;; The tenth byte has one bit to give.
      (if (i32.and (i64.eq (local.get $shift) (i64.const 63)) (i64.gt_u (local.get $byte) (i64.const 1)))
        (then
          (global.set $in (local.get $start))
          (call $fail (i32.const 2))
          (return (i64.const 0))))
      (local.set $v (i64.or (local.get $v)
        (i64.shl (i64.and (local.get $byte) (i64.const 0x7f)) (local.get $shift))))
      (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
      (br_if $bytes (i64.ge_u (local.get $byte) (i64.const 0x80))))
    ;; A last byte of 0 says nothing, unless it is the only one.
    (if (i32.or
          (i32.and (i64.eqz (local.get $byte)) (i64.gt_u (local.get $shift) (i64.const 7)))
          (i64.gt_u (local.get $v) (local.get $max)))
      (then
        (global.set $in (local.get $start))
        (call $fail (i32.const 2))
        (return (i64.const 0))))
    (local.get $v))

  (func $get_u32 (export "get_u32") (param $max i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $in))
    (if (i32.lt_u (local.get $at) (global.get $in_end))
      (then
        (if (i32.le_u (i32.load8_u (local.get $at)) (select (i32.const 0x7f) (local.get $max) (i32.gt_u (local.get $max) (i32.const 0x7f))))
          (then
            (global.set $in (i32.add (local.get $at) (i32.const 1)))
            (return (i32.load8_u (local.get $at)))))))
    (i32.wrap_i64 (call $get_u64 (i64.extend_i32_u (local.get $max)))))

  ;; Signed LEB128 that fits $bits bits: read here and with care below, as above.
  (func $get_s64 (export "get_s64") (param $bits i64) (result i64)
    (local $at i32) (local $v i64) (local $byte i64) (local $shift i64)
    (local.set $at (global.get $in))
    (block $odd
      (br_if $odd (i32.lt_u (i32.sub (global.get $in_end) (local.get $at)) (i32.const 10)))
      (loop $bytes
        (local.set $byte (i64.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $v (i64.or (local.get $v)
          (i64.shl (i64.and (local.get $byte) (i64.const 0x7f)) (local.get $shift))))
        (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
        (if (i64.ge_u (local.get $byte) (i64.const 0x80))
          (then
            (br_if $odd (i64.ge_u (local.get $shift) (i64.const 63)))
            (br $bytes))))
      ;; 0 and 0x7f may be bytes too many, unless they stand alone.
      (br_if $odd (i32.and
        (i64.gt_u (local.get $shift) (i64.const 7))
        (i32.or (i64.eqz (local.get $byte)) (i64.eq (local.get $byte) (i64.const 0x7f)))))
      (local.set $shift (i64.sub (i64.const 64) (local.get $shift)))
      (local.set $v (i64.shr_s (i64.shl (local.get $v) (local.get $shift)) (local.get $shift)))
      (local.set $shift (i64.sub (i64.const 64) (local.get $bits)))
      (br_if $odd (i64.ne (i64.shr_s (i64.shl (local.get $v) (local.get $shift)) (local.get $shift)) (local.get $v)))
      (global.set $in (local.get $at))
      (return (local.get $v)))
    (call $get_s64_slowly (local.get $bits)))

  (func $get_s64_slowly (param $bits i64) (result i64)
    (local $start i32) (local $v i64) (local $byte i64) (local $shift i64) (local $last i64)
    (local.set $start (global.get $in))
    (loop $bytes
      (local.set $last (local.get $byte))
      (local.set $byte (i64.extend_i32_u (call $get_u8)))
      (if (global.get $fault) (then (return (i64.const 0))))
      ;; The tenth byte has the sign to give, and no more bytes follow it.
      (if (i32.and (i64.eq (local.get $shift) (i64.const 63))
                   (i32.and (i64.ne (local.get $byte) (i64.const 0)) (i64.ne (local.get $byte) (i64.const 0x7f))))
        (then
          (global.set $in (local.get $start))
          (call $fail (i32.const 2))
          (return (i64.const 0))))
      (local.set $v (i64.or (local.get $v)
        (i64.shl (i64.and (local.get $byte) (i64.const 0x7f)) (local.get $shift))))
      (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
      (br_if $bytes (i64.ge_u (local.get $byte) (i64.const 0x80))))
    (if (i64.lt_u (local.get $shift) (i64.const 64))
      (then
        (local.set $shift (i64.sub (i64.const 64) (local.get $shift)))
        (local.set $v (i64.shr_s (i64.shl (local.get $v) (local.get $shift)) (local.get $shift)))))
    (local.set $shift (i64.sub (i64.const 64) (local.get $bits)))
    (if (i32.or
          ;; Not minimal: the last byte only repeats the sign bit of the one before.
          (i32.or
            (i32.and (i64.eqz (local.get $byte))
                     (i64.eq (i64.and (local.get $last) (i64.const 0xc0)) (i64.const 0x80)))
            (i32.and (i64.eq (local.get $byte) (i64.const 0x7f))
                     (i64.eq (i64.and (local.get $last) (i64.const 0xc0)) (i64.const 0xc0))))
          (i64.ne (i64.shr_s (i64.shl (local.get $v) (local.get $shift)) (local.get $shift)) (local.get $v)))
      (then
        (global.set $in (local.get $start))
        (call $fail (i32.const 2))
        (return (i64.const 0))))
    (local.get $v))

  (func $get_s32 (export "get_s32") (param $bits i64) (result i32)
    (i32.wrap_i64 (call $get_s64 (local.get $bits))))

  (func $get_f32 (export "get_f32") (result f32)
    (local $at i32) (local $v f32)
    (local.set $at (call $take (i32.const 4)))
    (local.set $v (f32.load (local.get $at)))
    (select (local.get $v) (f32.const nan) (f32.eq (local.get $v) (local.get $v))))

  (func $get_f64 (export "get_f64") (result f64)
    (local $at i32) (local $v f64)
    (local.set $at (call $take (i32.const 8)))
    (local.set $v (f64.load (local.get $at)))
    (select (local.get $v) (f64.const nan) (f64.eq (local.get $v) (local.get $v))))

  ;; The bytes of one character at $at, before $end: 1 to 4, or 0 if they are not UTF-8 (Unicode, table 3-7).
  (func $scalar_length (param $at i32) (param $end i32) (result i32)
    (local $a i32) (local $b i32) (local $left i32)
    (local.set $left (i32.sub (local.get $end) (local.get $at)))
    (if (i32.eqz (local.get $left)) (then (return (i32.const 0))))
    (local.set $a (i32.load8_u (local.get $at)))
    (if (i32.lt_u (local.get $a) (i32.const 0x80)) (then (return (i32.const 1))))
    (if (i32.lt_u (local.get $left) (i32.const 2)) (then (return (i32.const 0))))
    (local.set $b (i32.load8_u offset=1 (local.get $at)))
    (if (i32.ne (i32.and (local.get $b) (i32.const 0xc0)) (i32.const 0x80)) (then (return (i32.const 0))))
    (if (i32.lt_u (local.get $a) (i32.const 0xc2)) (then (return (i32.const 0))))
    (if (i32.lt_u (local.get $a) (i32.const 0xe0)) (then (return (i32.const 2))))
    (if (i32.lt_u (local.get $left) (i32.const 3)) (then (return (i32.const 0))))
    (if (i32.ne (i32.and (i32.load8_u offset=2 (local.get $at)) (i32.const 0xc0)) (i32.const 0x80))
      (then (return (i32.const 0))))
    (if (i32.lt_u (local.get $a) (i32.const 0xf0))
      (then
        (if (i32.and (i32.eq (local.get $a) (i32.const 0xe0)) (i32.lt_u (local.get $b) (i32.const 0xa0)))
          (then (return (i32.const 0))))
        (if (i32.and (i32.eq (local.get $a) (i32.const 0xed)) (i32.gt_u (local.get $b) (i32.const 0x9f)))
          (then (return (i32.const 0))))
        (return (i32.const 3))))
    (if (i32.lt_u (local.get $left) (i32.const 4)) (then (return (i32.const 0))))
    (if (i32.ne (i32.and (i32.load8_u offset=3 (local.get $at)) (i32.const 0xc0)) (i32.const 0x80))
      (then (return (i32.const 0))))
    (if (i32.and (i32.eq (local.get $a) (i32.const 0xf0)) (i32.lt_u (local.get $b) (i32.const 0x90)))
      (then (return (i32.const 0))))
    (if (i32.and (i32.eq (local.get $a) (i32.const 0xf4)) (i32.gt_u (local.get $b) (i32.const 0x8f)))
      (then (return (i32.const 0))))
    (if (i32.gt_u (local.get $a) (i32.const 0xf4)) (then (return (i32.const 0))))
    (i32.const 4))

  (func $get_char (export "get_char") (result i32)
    (local $at i32) (local $n i32) (local $a i32)
    (local.set $at (global.get $in))
    (if (i32.ge_u (local.get $at) (global.get $in_end)) (then (call $fail (i32.const 1)) (return (i32.const 0))))
    (local.set $n (call $scalar_length (local.get $at) (global.get $in_end)))
    (if (i32.eqz (local.get $n)) (then (call $fail (i32.const 6)) (return (i32.const 0))))
    (global.set $in (i32.add (local.get $at) (local.get $n)))
    (local.set $a (i32.load8_u (local.get $at)))
    (if (i32.eq (local.get $n) (i32.const 1)) (then (return (local.get $a))))
    (local.set $a (i32.and (local.get $a) (i32.shr_u (i32.const 0x7f) (local.get $n))))
    (loop $bytes
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $a (i32.or (i32.shl (local.get $a) (i32.const 6))
        (i32.and (i32.load8_u (local.get $at)) (i32.const 0x3f))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $bytes (i32.gt_u (local.get $n) (i32.const 1))))
    (local.get $a))

  ;; A length and that many bytes, left where they are: pointer and length go to $to.
  (func $get_bytes (export "get_bytes") (param $to i32)
    (local $length i32)
    (local.set $length (call $get_u32 (i32.const -1)))
    (i32.store (local.get $to) (call $take (local.get $length)))
    (i32.store offset=4 (local.get $to) (select (i32.const 0) (local.get $length) (global.get $fault))))

  ;; Where the text from $at to $end stops being UTF-8: $end if it nowhere does.
  (func $utf8_end (param $at i32) (param $end i32) (result i32)
    (local $n i32)
    (block $done
      (loop $characters
        ;; Eight ASCII bytes at a time.
        (block $slow
          (loop $ascii
            (br_if $slow (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 8)))
            (br_if $slow (i64.ne (i64.and (i64.load align=1 (local.get $at)) (i64.const 0x8080808080808080)) (i64.const 0)))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (br $ascii)))
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $n (call $scalar_length (local.get $at) (local.get $end)))
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $at (i32.add (local.get $at) (local.get $n)))
        (br $characters)))
    (local.get $at))

  (func $get_string (export "get_string") (param $to i32)
    (local $at i32) (local $end i32)
    (call $get_bytes (local.get $to))
    (local.set $end (i32.add (i32.load (local.get $to)) (i32.load offset=4 (local.get $to))))
    (local.set $at (call $utf8_end (i32.load (local.get $to)) (local.get $end)))
    (if (i32.ne (local.get $at) (local.get $end))
      (then
        (global.set $in (local.get $at))
        (call $fail (i32.const 5))
        (i32.store offset=4 (local.get $to) (i32.const 0)))))

  ;; A length and that many bools, left where they are.
  (func $get_bools (export "get_bools") (param $to i32)
    (local $at i32) (local $end i32)
    (call $get_bytes (local.get $to))
    (local.set $at (i32.load (local.get $to)))
    (local.set $end (i32.add (local.get $at) (i32.load offset=4 (local.get $to))))
    (block $done
      (loop $elements
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (if (i32.gt_u (i32.load8_u (local.get $at)) (i32.const 1))
          (then
            (global.set $in (local.get $at))
            (call $fail (i32.const 3))
            (i32.store offset=4 (local.get $to) (i32.const 0))
            (return)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $elements))))

  ;; A list's length, believed only as far as the bytes left can hold that many elements of $least bytes, and
  ;; room for it: pointer and length go to $to, the pointer is returned too.
  (func $get_list (export "get_list") (param $to i32) (param $least i32) (param $size i32) (param $align i32) (result i32)
    (local $n i32) (local $start i32) (local $total i64) (local $at i32)
    (local.set $start (global.get $in))
    (local.set $n (call $get_u32 (i32.const -1)))
    (if (i64.gt_u (i64.mul (i64.extend_i32_u (local.get $n)) (i64.extend_i32_u (local.get $least)))
                  (i64.extend_i32_u (i32.sub (global.get $in_end) (global.get $in))))
      (then
        (global.set $in (local.get $start))
        (call $fail (i32.const 9))
        (local.set $n (i32.const 0))))
    (local.set $total (i64.mul (i64.extend_i32_u (local.get $n)) (i64.extend_i32_u (local.get $size))))
    (if (i64.gt_u (local.get $total) (global.get $budget))
      (then
        (global.set $in (local.get $start))
        (call $fail (i32.const 10))
        (local.set $n (i32.const 0))
        (local.set $total (i64.const 0))))
    (global.set $budget (i64.sub (global.get $budget) (local.get $total)))
    (local.set $at (call $alloc (i32.wrap_i64 (local.get $total)) (local.get $align)))
    (i32.store (local.get $to) (local.get $at))
    (i32.store offset=4 (local.get $to) (local.get $n))
    (local.get $at))

  (func $get_f32s (export "get_f32s") (param $to i32)
    (local $at i32) (local $end i32)
    (local.set $at (call $get_list (local.get $to) (i32.const 4) (i32.const 4) (i32.const 4)))
    (local.set $end (i32.add (local.get $at) (i32.shl (i32.load offset=4 (local.get $to)) (i32.const 2))))
    (block $done
      (loop $elements
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (f32.store (local.get $at) (call $get_f32))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $elements))))

  (func $get_f64s (export "get_f64s") (param $to i32)
    (local $at i32) (local $end i32)
    (local.set $at (call $get_list (local.get $to) (i32.const 8) (i32.const 8) (i32.const 8)))
    (local.set $end (i32.add (local.get $at) (i32.shl (i32.load offset=4 (local.get $to)) (i32.const 3))))
    (block $done
      (loop $elements
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (f64.store (local.get $at) (call $get_f64))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $elements))))

  ;; Flags: ceil($n / 8) bytes, copied to $to, whose $size bytes are cleared first.
  (func $get_flags (export "get_flags") (param $to i32) (param $n i32) (param $size i32)
    (local $length i32) (local $at i32)
    (memory.fill (local.get $to) (i32.const 0) (local.get $size))
    (local.set $length (i32.shr_u (i32.add (local.get $n) (i32.const 7)) (i32.const 3)))
    (local.set $at (call $take (local.get $length)))
    (if (global.get $fault) (then (return)))
    (if (i32.and (local.get $n) (i32.const 7))
      (then
        (if (i32.shr_u (i32.load8_u (i32.sub (i32.add (local.get $at) (local.get $length)) (i32.const 1)))
                       (i32.and (local.get $n) (i32.const 7)))
          (then
            (global.set $in (i32.sub (global.get $in) (i32.const 1)))
            (call $fail (i32.const 7))
            (return)))))
    (memory.copy (local.get $to) (local.get $at) (local.get $length)))

  ;; --- the sentence about a fault ---------------------------------------------------------------------------

  ;; Writes $prefix, the fault's text and where it is; gives pointer and length.
  (func $fault_message (export "fault_message") (param $prefix i32) (param $length i32) (result i32 i32)
    (local $entry i32)
    (call $out_begin)
    (call $reserve (i32.add (local.get $length) (i32.const 256)))
    (call $put_raw (local.get $prefix) (local.get $length))
    (local.set $entry (i32.add (i32.const 160) (i32.shl (global.get $fault) (i32.const 3))))
    (call $put_raw (i32.load (local.get $entry)) (i32.load offset=4 (local.get $entry)))
    (call $put_decimal (global.get $fault_at))
    (call $out_finish)
    (global.get $out_start)
    (i32.sub (global.get $out) (global.get $out_start)))

  (func $put_decimal (param $v i32)
    (if (i32.gt_u (local.get $v) (i32.const 9)) (then (call $put_decimal (i32.div_u (local.get $v) (i32.const 10)))))
    (call $put_u8 (i32.add (i32.const 48) (i32.rem_u (local.get $v) (i32.const 10)))))
)
