;; A skeleton with a resource, by hand, at the synchronous door.
;;
;; Functions: 0 constructor, 1 next, 2 join, 3 drop. A handle on the wire is its index and its generation, both u32; the
;; session that it belongs to is the host's matter: a session has an instance of its own, and the table is in it.
(component $skeleton
  (import "wasm-rpc:core/types@0.1.0" (instance $types
    (type $code' (enum "cancelled" "unknown" "invalid-argument" "deadline-exceeded" "not-found" "already-exists"
      "permission-denied" "resource-exhausted" "failed-precondition" "aborted" "out-of-range" "unimplemented" "internal"
      "unavailable" "data-loss" "unauthenticated"))
    (export "code" (type $code (eq $code')))
    (type $status' (record (field "code" $code) (field "message" string) (field "details" (list u8))))
    (export "status" (type $status (eq $status')))
    (type $method' (record (field "link" string) (field "path" string) (field "fingerprint" string)))
    (export "method" (type $method (eq $method')))))
  (import "demo:shapes/counters@0.1.0" (instance $callee
    (export "counter" (type $counter (sub resource)))
    (export "[constructor]counter" (func (param "start" s32) (result (own $counter))))
    (export "[method]counter.next" (func (param "self" (borrow $counter)) (result s32)))
    (export "[static]counter.join" (func (param "a" (own $counter)) (param "b" (own $counter))
      (result (own $counter))))))
  (alias export $types "status" (type $status))
  (alias export $types "method" (type $method))
  (alias export $callee "counter" (type $counter))

  (core module $Memory
    (memory (export "memory") 1)
    (data (i32.const 16) "/demo.shapes.v0_1.Counters/Counter__New")
    (data (i32.const 64) "/demo.shapes.v0_1.Counters/Counter_Next")
    (data (i32.const 112) "/demo.shapes.v0_1.Counters/Counter_Join")
    (data (i32.const 160) "/demo.shapes.v0_1.Counters/Counter__Drop")
    (data (i32.const 208) "fingerprint")
    (data (i32.const 224) "unknown handle")
    (data (i32.const 240) "stopped")
    (data (i32.const 256)
      "\00\00\00\00\00\00\00\00" "\10\00\00\00\27\00\00\00" "\d0\00\00\00\0b\00\00\00"
      "\00\00\00\00\00\00\00\00" "\40\00\00\00\27\00\00\00" "\d0\00\00\00\0b\00\00\00"
      "\00\00\00\00\00\00\00\00" "\70\00\00\00\27\00\00\00" "\d0\00\00\00\0b\00\00\00"
      "\00\00\00\00\00\00\00\00" "\a0\00\00\00\28\00\00\00" "\d0\00\00\00\0b\00\00\00"
      "\00\01\00\00\04\00\00\00"))
  (core instance $memory (instantiate $Memory))

  (core module $Main
    (import "" "memory" (memory 1))
    (import "" "constructor" (func $constructor (param i32) (result i32)))
    (import "" "next" (func $next (param i32) (result i32)))
    (import "" "join" (func $join (param i32 i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))

    ;; The table: 64 entries of generation and handle (0: free), at 512. The call's arena: from 4096.
    (global $arena (mut i32) (i32.const 4096))
    (func (export "realloc") (param $old i32) (param $had i32) (param $align i32) (param $want i32) (result i32)
      (local $p i32)
      (local.set $p (i32.and
        (i32.add (global.get $arena) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $arena (i32.add (local.get $p) (local.get $want)))
      (block $room
        (br_if $room (i32.le_u (global.get $arena) (i32.shl (memory.size) (i32.const 16))))
        (br_if $room (i32.ne (i32.const -1) (memory.grow
          (i32.add (i32.shr_u (local.get $want) (i32.const 16)) (i32.const 1)))))
        unreachable)
      local.get $p)
    (func (export "free") (param i32) (global.set $arena (i32.const 4096)))

    (func (export "describe") (result i32) (i32.const 352))

    ;; The result is at 1536, its bytes at 1600.
    (func $err (param $code i32) (param $message i32) (param $length i32) (result i32)
      (i32.store8 (i32.const 1536) (i32.const 1))
      (i32.store8 (i32.const 1540) (local.get $code))
      (i32.store (i32.const 1544) (local.get $message))
      (i32.store (i32.const 1548) (local.get $length))
      (i32.store (i32.const 1552) (i32.const 0))
      (i32.store (i32.const 1556) (i32.const 0))
      i32.const 1536)
    (func $not-found (result i32) (call $err (i32.const 4) (i32.const 224) (i32.const 14)))
    (func $malformed (result i32) (call $err (i32.const 2) (i32.const 240) (i32.const 7)))
    (func $ok (param $to i32) (result i32)
      (i32.store8 (i32.const 1536) (i32.const 0))
      (i32.store (i32.const 1540) (i32.const 1600))
      (i32.store (i32.const 1544) (i32.sub (local.get $to) (i32.const 1600)))
      i32.const 1536)

    ;; Every handle is found, and every value decoded, before anything is called or leaves the table.
    (func (export "call") (param $function i32) (param $p i32) (param $length i32) (result i32)
      (local $to i32) (local $a i32) (local $b i32) (local $v i64)
      (local.set $to (i32.add (local.get $p) (local.get $length)))
      (if (i32.gt_u (local.get $function) (i32.const 3))
        (then (return (call $err (i32.const 11) (i32.const 240) (i32.const 7)))))
      (if (i32.eqz (local.get $function)) (then
        (call $sleb.get (local.get $p) (local.get $to))
        (local.set $p)
        (local.set $v)
        (if (i32.or (i32.ne (local.get $p) (local.get $to)) (i64.ne (local.get $v) (i64.extend32_s (local.get $v))))
          (then (return (call $malformed))))
        (local.set $a (call $vacant))
        (if (i32.eqz (local.get $a))
          (then (return (call $err (i32.const 7 (; resource-exhausted ;)) (i32.const 240) (i32.const 7)))))
        (return (call $enter (local.get $a) (call $constructor (i32.wrap_i64 (local.get $v)))))))
      (call $handle (local.get $p) (local.get $to))
      (local.set $p)
      (local.set $a)
      (if (i32.eqz (local.get $p)) (then (return (call $malformed))))
      (if (i32.eq (local.get $function) (i32.const 2)) (then
        (call $handle (local.get $p) (local.get $to))
        (local.set $p)
        (local.set $b)
        (if (i32.eqz (local.get $p)) (then (return (call $malformed))))))
      (if (i32.ne (local.get $p) (local.get $to)) (then (return (call $malformed))))
      (if (i32.eqz (local.get $a)) (then (return (call $not-found))))
      (if (i32.eq (local.get $function) (i32.const 1)) (then
        (return (call $ok (call $sleb.put (i32.const 1600)
          (i64.extend_i32_s (call $next (i32.load offset=4 (local.get $a)))))))))
      (if (i32.eq (local.get $function) (i32.const 2)) (then
        (if (i32.eqz (local.get $b)) (then (return (call $not-found))))
        (if (i32.eq (local.get $a) (local.get $b)) (then (return (call $not-found))))
        (local.set $v (i64.extend_i32_u (call $leave (local.get $a))))
        (local.set $to (call $leave (local.get $b)))
        (return (call $enter (call $vacant) (call $join (i32.wrap_i64 (local.get $v)) (local.get $to))))))
      (call $drop (call $leave (local.get $a)))
      (call $ok (i32.const 1600)))

    ;; A free entry, or 0.
    (func $vacant (result i32) (local $entry i32)
      (local.set $entry (i32.const 512))
      (loop $more
        (if (i32.eqz (i32.load offset=4 (local.get $entry))) (then (return (local.get $entry))))
        (local.set $entry (i32.add (local.get $entry) (i32.const 8)))
        (br_if $more (i32.lt_u (local.get $entry) (i32.const 1024))))
      i32.const 0)
    (func $enter (param $entry i32) (param $handle i32) (result i32)
      (i32.store offset=4 (local.get $entry) (local.get $handle))
      (call $ok (call $uleb.put
        (call $uleb.put (i32.const 1600)
          (i64.extend_i32_u (i32.shr_u (i32.sub (local.get $entry) (i32.const 512)) (i32.const 3))))
        (i64.load32_u (local.get $entry)))))
    (func $leave (param $entry i32) (result i32)
      (i32.load offset=4 (local.get $entry))
      (i32.store offset=4 (local.get $entry) (i32.const 0))
      (i32.store (local.get $entry) (i32.add (i32.load (local.get $entry)) (i32.const 1))))
    ;; The entry of a handle (0: there is none), and where its bytes end (0: they are malformed).
    (func $handle (param $p i32) (param $to i32) (result i32 i32)
      (local $index i64) (local $generation i64) (local $entry i32)
      (call $uleb.get (local.get $p) (local.get $to))
      (local.set $p)
      (local.set $index)
      (if (i32.eqz (local.get $p)) (then (return (i32.const 0) (i32.const 0))))
      (call $uleb.get (local.get $p) (local.get $to))
      (local.set $p)
      (local.set $generation)
      (if (i64.ge_u (local.get $index) (i64.const 64)) (then (return (i32.const 0) (local.get $p))))
      (local.set $entry (i32.add (i32.const 512) (i32.shl (i32.wrap_i64 (local.get $index)) (i32.const 3))))
      (if (i64.ne (i64.load32_u (local.get $entry)) (local.get $generation))
        (then (return (i32.const 0) (local.get $p))))
      (if (i32.eqz (i32.load offset=4 (local.get $entry))) (then (return (i32.const 0) (local.get $p))))
      local.get $entry
      local.get $p)
    (func $sleb.put (param $p i32) (param $v i64) (result i32) (local $byte i32)
      (loop $more
        (local.set $byte (i32.and (i32.wrap_i64 (local.get $v)) (i32.const 0x7f)))
        (local.set $v (i64.shr_s (local.get $v) (i64.const 7)))
        (if (i64.eq (local.get $v) (i64.sub (i64.const 0) (i64.extend_i32_u (i32.shr_u (local.get $byte) (i32.const 6)))))
          (then
            (i32.store8 (local.get $p) (local.get $byte))
            (return (i32.add (local.get $p) (i32.const 1)))))
        (i32.store8 (local.get $p) (i32.or (local.get $byte) (i32.const 0x80)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $more))
      unreachable)
    (func $uleb.put (param $p i32) (param $v i64) (result i32)
      (loop $more
        (if (i64.lt_u (local.get $v) (i64.const 0x80))
          (then
            (i64.store8 (local.get $p) (local.get $v))
            (return (i32.add (local.get $p) (i32.const 1)))))
        (i64.store8 (local.get $p) (i64.or (local.get $v) (i64.const 0x80)))
        (local.set $v (i64.shr_u (local.get $v) (i64.const 7)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $more))
      unreachable)
    ;; A value and where it ends, or 0 if it does not end before $to or is longer than ten bytes.
    (func $sleb.get (param $p i32) (param $to i32) (result i64 i32) (local $v i64) (local $shift i64) (local $byte i64)
      (loop $more
        (if (i32.ge_u (local.get $p) (local.get $to)) (then (return (i64.const 0) (i32.const 0))))
        (if (i64.gt_u (local.get $shift) (i64.const 63)) (then (return (i64.const 0) (i32.const 0))))
        (local.set $byte (i64.load8_u (local.get $p)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $v (i64.or (local.get $v)
          (i64.shl (i64.and (local.get $byte) (i64.const 0x7f)) (local.get $shift))))
        (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
        (br_if $more (i64.ge_u (local.get $byte) (i64.const 0x80))))
      (if (i64.lt_u (local.get $shift) (i64.const 64)) (then
        (if (i64.ge_u (local.get $byte) (i64.const 0x40)) (then
          (local.set $v (i64.or (local.get $v) (i64.shl (i64.const -1) (local.get $shift))))))))
      local.get $v
      local.get $p)
    (func $uleb.get (param $p i32) (param $to i32) (result i64 i32) (local $v i64) (local $shift i64) (local $byte i64)
      (loop $more
        (if (i32.ge_u (local.get $p) (local.get $to)) (then (return (i64.const 0) (i32.const 0))))
        (if (i64.gt_u (local.get $shift) (i64.const 63)) (then (return (i64.const 0) (i32.const 0))))
        (local.set $byte (i64.load8_u (local.get $p)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $v (i64.or (local.get $v)
          (i64.shl (i64.and (local.get $byte) (i64.const 0x7f)) (local.get $shift))))
        (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
        (br_if $more (i64.ge_u (local.get $byte) (i64.const 0x80))))
      local.get $v
      local.get $p)
  )

  (core func $constructor (canon lower (func $callee "[constructor]counter")))
  (core func $next (canon lower (func $callee "[method]counter.next")))
  (core func $join (canon lower (func $callee "[static]counter.join")))
  (core func $drop (canon resource.drop $counter))
  (core instance $main (instantiate $Main (with "" (instance
    (export "memory" (memory $memory "memory"))
    (export "constructor" (func $constructor))
    (export "next" (func $next))
    (export "join" (func $join))
    (export "drop" (func $drop))))))

  (func $describe (result (list $method)) (canon lift (core func $main "describe") (memory (core memory $memory "memory"))))
  (func $call (param "function" u32) (param "request" (list u8)) (result (result (list u8) (error $status)))
    (canon lift (core func $main "call") (memory (core memory $memory "memory")) (realloc (core func $main "realloc"))
      (post-return (core func $main "free"))))
  (instance $dispatch (export "describe" (func $describe)) (export "call" (func $call)))
  (export "wasm-rpc:core/dispatch@0.1.0" (instance $dispatch))
)
