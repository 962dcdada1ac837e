;; A callee with a resource:
;;
;;   interface counters {
;;     resource counter {
;;       constructor(start: s32);
;;       next: func() -> s32;                                   // start, start + 1, ...
;;       join: static func(a: counter, b: counter) -> counter;  // starts at the sum of both
;;     }
;;   }
;;
;; and two gauges for the tests: `made` and `destroyed`, of counters.
(component $callee
  (core module $Main
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (memory 1)
    (global $fresh (mut i32) (i32.const 16))
    (global $made (mut i32) (i32.const 0))
    (func (export "made") (result i32) (global.get $made))
    (func $constructor (export "constructor") (param $start i32) (result i32) (local $rep i32)
      (local.set $rep (global.get $fresh))
      (global.set $fresh (i32.add (local.get $rep) (i32.const 4)))
      (global.set $made (i32.add (global.get $made) (i32.const 1)))
      (i32.store (local.get $rep) (local.get $start))
      (call $new (local.get $rep)))
    ;; A borrow of one's own resource is its rep.
    (func (export "next") (param $rep i32) (result i32)
      (i32.store (local.get $rep) (i32.add (i32.load (local.get $rep)) (i32.const 1)))
      (i32.sub (i32.load (local.get $rep)) (i32.const 1)))
    (func (export "join") (param $a i32) (param $b i32) (result i32) (local $sum i32)
      (local.set $sum (i32.add (i32.load (call $rep (local.get $a))) (i32.load (call $rep (local.get $b)))))
      (call $drop (local.get $a))
      (call $drop (local.get $b))
      (call $constructor (local.get $sum)))
  )
  ;; A module of its own: the resource type must be there before $Main, the destructor before the type.
  (core module $Dtor
    (global $dead (export "dead") (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) (global.set $dead (i32.add (global.get $dead) (i32.const 1))))
    (func (export "destroyed") (result i32) (global.get $dead)))
  (core instance $dtor (instantiate $Dtor))
  (type $counter' (resource (rep i32) (dtor (core func $dtor "dtor"))))
  (core func $new (canon resource.new $counter'))
  (core func $drop (canon resource.drop $counter'))
  (core func $rep (canon resource.rep $counter'))
  (core instance $main (instantiate $Main (with "" (instance
    (export "new" (func $new)) (export "drop" (func $drop)) (export "rep" (func $rep))))))

  (func $constructor (param "start" s32) (result (own $counter')) (canon lift (core func $main "constructor")))
  (func $next (param "self" (borrow $counter')) (result s32) (canon lift (core func $main "next")))
  (func $join (param "a" (own $counter')) (param "b" (own $counter')) (result (own $counter'))
    (canon lift (core func $main "join")))
  ;; A component of its own, for only there do the functions and the resource that they name share one scope.
  (component $Named
    (import "counter" (type $counter (sub resource)))
    (import "constructor" (func $constructor (param "start" s32) (result (own $counter))))
    (import "next" (func $next (param "self" (borrow $counter)) (result s32)))
    (import "join" (func $join (param "a" (own $counter)) (param "b" (own $counter)) (result (own $counter))))
    (export $exported "counter" (type $counter))
    (export "[constructor]counter" (func $constructor) (func (param "start" s32) (result (own $exported))))
    (export "[method]counter.next" (func $next) (func (param "self" (borrow $exported)) (result s32)))
    (export "[static]counter.join" (func $join)
      (func (param "a" (own $exported)) (param "b" (own $exported)) (result (own $exported)))))
  (instance $interface (instantiate $Named
    (with "counter" (type $counter'))
    (with "constructor" (func $constructor))
    (with "next" (func $next))
    (with "join" (func $join))))
  (export "demo:shapes/counters@0.1.0" (instance $interface))
  (func (export "made") (result u32) (canon lift (core func $main "made")))
  (func (export "destroyed") (result u32) (canon lift (core func $dtor "destroyed")))
)
