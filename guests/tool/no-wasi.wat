;; Answers WASI preview 1 inside the component, so that the component imports none: languages' libraries ask for a world
;; that pure computation does not need.
;;
;; There are no arguments, no environment and no files. What is printed is dropped. The clock is no clock: each reading is
;; a microsecond after the last. Random bytes are no secret: always the same ones. Exiting traps.
(module
  (import "env" "memory" (memory 0))

  (global $now (mut i64) (i64.const 1000000000))
  (global $random (mut i64) (i64.const 0x9E3779B97F4A7C15))

  ;; errno: success 0, badf 8, inval 28, notsup 58.

  (func $none-of (param $count i32) (param $bytes i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $bytes) (i32.const 0))
    (i32.const 0))
  (export "args_sizes_get" (func $none-of))
  (export "environ_sizes_get" (func $none-of))

  (func $nothing (param i32 i32) (result i32) (i32.const 0))
  (export "args_get" (func $nothing))
  (export "environ_get" (func $nothing))

  (func (export "clock_time_get") (param $clock i32) (param $precision i64) (param $time i32) (result i32)
    (global.set $now (i64.add (global.get $now) (i64.const 1000)))
    (i64.store (local.get $time) (global.get $now))
    (i32.const 0))
  (func (export "clock_res_get") (param $clock i32) (param $resolution i32) (result i32)
    (i64.store (local.get $resolution) (i64.const 1000))
    (i32.const 0))

  ;; The high byte of a linear congruential generator (Knuth's MMIX).
  (func (export "random_get") (param $to i32) (param $len i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $len)))
    (block $done
      (loop $byte
        (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
        (global.set $random
          (i64.add
            (i64.mul (global.get $random) (i64.const 6364136223846793005))
            (i64.const 1442695040888963407)))
        (i64.store8 (local.get $to) (i64.shr_u (global.get $random) (i64.const 56)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (br $byte)))
    (i32.const 0))

  (func (export "fd_write") (param $fd i32) (param $buffers i32) (param $count i32) (param $written i32) (result i32)
    (local $bytes i32)
    (block $done
      (loop $buffer
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $bytes (i32.add (local.get $bytes) (i32.load offset=4 (local.get $buffers))))
        (local.set $buffers (i32.add (local.get $buffers) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $buffer)))
    (i32.store (local.get $written) (local.get $bytes))
    (i32.const 0))

  (func (export "proc_exit") (param i32) (unreachable))
  (func (export "sched_yield") (result i32) (i32.const 0))
  ;; Nothing ever becomes ready: waiting is not possible.
  (func (export "poll_oneoff") (param i32 i32 i32 i32) (result i32) (i32.const 58))

  ;; No file is open, none can be opened.
  (func $bad-1 (param i32) (result i32) (i32.const 8))
  (func $bad-2 (param i32 i32) (result i32) (i32.const 8))
  (func $bad-3 (param i32 i32 i32) (result i32) (i32.const 8))
  (func $bad-4 (param i32 i32 i32 i32) (result i32) (i32.const 8))
  (func $bad-5 (param i32 i32 i32 i32 i32) (result i32) (i32.const 8))
  (func $bad-6 (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 8))
  (func $bad-wide (param i32 i32 i32 i64 i32) (result i32) (i32.const 8))
  (export "fd_close" (func $bad-1))
  (export "fd_datasync" (func $bad-1))
  (export "fd_sync" (func $bad-1))
  (export "fd_fdstat_get" (func $bad-2))
  (export "fd_fdstat_set_flags" (func $bad-2))
  (export "fd_filestat_get" (func $bad-2))
  (export "fd_prestat_get" (func $bad-2))
  (export "fd_prestat_dir_name" (func $bad-3))
  (export "path_create_directory" (func $bad-3))
  (export "path_remove_directory" (func $bad-3))
  (export "path_unlink_file" (func $bad-3))
  (export "fd_read" (func $bad-4))
  (export "path_filestat_get" (func $bad-5))
  (export "path_readlink" (func $bad-6))
  (export "path_rename" (func $bad-6))
  (export "fd_pread" (func $bad-wide))
  (export "fd_pwrite" (func $bad-wide))
  (export "fd_readdir" (func $bad-wide))
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) (i32.const 8))
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32) (i32.const 8))
  (func (export "path_open") (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32) (i32.const 8))
)
