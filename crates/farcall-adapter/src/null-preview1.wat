;; WASI preview 1 that imports nothing, for guests that only compute. Every function of it is here, so that any toolchain's
;; start-up code finds what it links to; most say "no such descriptor" (8, badf).
;;
;; Time is the guest's own: reading a clock moves it by a microsecond, sleeping by as long as was asked, so that a loop that
;; waits for a moment ends. Random bytes are a fixed sequence: enough to seed a hash table, never a secret.
(module
  (import "env" "memory" (memory 0))

  (global $now (mut i64) (i64.const 1))
  (global $seed (mut i32) (i32.const 0x6a09e667))

  ;; The end of the process is the end of the instance.
  (func (export "proc_exit") (param i32) unreachable)
  (func (export "proc_raise") (param i32) (result i32) unreachable)
  (func (export "sched_yield") (result i32) i32.const 0)

  ;; No arguments and no environment: two counts of zero, then nothing to write.
  (func $counts (param $count i32) (param $bytes i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $bytes) (i32.const 0))
    i32.const 0)
  (export "args_sizes_get" (func $counts))
  (export "environ_sizes_get" (func $counts))
  (func $nothing (param i32 i32) (result i32) i32.const 0)
  (export "args_get" (func $nothing))
  (export "environ_get" (func $nothing))

  (func (export "clock_time_get") (param $clock i32) (param $precision i64) (param $at i32) (result i32)
    (global.set $now (i64.add (global.get $now) (i64.const 1000)))
    (i64.store (local.get $at) (global.get $now))
    i32.const 0)
  (func (export "clock_res_get") (param $clock i32) (param $at i32) (result i32)
    (i64.store (local.get $at) (i64.const 1000))
    i32.const 0)

  ;; The first clock that is waited for rings at once, and the time is then what it waited for. A subscription has 48 bytes:
  ;; userdata, at 8 its kind (0 a clock), at 24 the time, at 40 whether that is absolute. An event has 32: userdata, at 8 the
  ;; error, at 10 the kind.
  (func (export "poll_oneoff") (param $in i32) (param $out i32) (param $count i32) (param $fired i32) (result i32)
    (local $time i64)
    (block $none
      (loop $next
        (br_if $none (i32.eqz (local.get $count)))
        (if (i32.eqz (i32.load8_u offset=8 (local.get $in)))
          (then
            (local.set $time (i64.load offset=24 (local.get $in)))
            (if (i32.eqz (i32.and (i32.load16_u offset=40 (local.get $in)) (i32.const 1)))
              (then (local.set $time (i64.add (local.get $time) (global.get $now)))))
            (if (i64.gt_u (local.get $time) (global.get $now))
              (then (global.set $now (local.get $time))))
            (i64.store (local.get $out) (i64.load (local.get $in)))
            (i64.store offset=8 (local.get $out) (i64.const 0))
            (i64.store offset=16 (local.get $out) (i64.const 0))
            (i64.store offset=24 (local.get $out) (i64.const 0))
            (i32.store (local.get $fired) (i32.const 1))
            (return (i32.const 0))))
        (local.set $in (i32.add (local.get $in) (i32.const 48)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    ;; Only descriptors, of which there are none: 58, notsup.
    i32.const 58)

  ;; Xorshift.
  (func (export "random_get") (param $at i32) (param $count i32) (result i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (global.set $seed (i32.xor (global.get $seed) (i32.shl (global.get $seed) (i32.const 13))))
        (global.set $seed (i32.xor (global.get $seed) (i32.shr_u (global.get $seed) (i32.const 17))))
        (global.set $seed (i32.xor (global.get $seed) (i32.shl (global.get $seed) (i32.const 5))))
        (i32.store8 (local.get $at) (global.get $seed))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    i32.const 0)

  ;; Standard output and standard error take everything and keep nothing; no other descriptor is open.
  (func (export "fd_write") (param $fd i32) (param $parts i32) (param $count i32) (param $written i32) (result i32)
    (local $total i32)
    (if (i32.gt_u (i32.sub (local.get $fd) (i32.const 1)) (i32.const 1))
      (then (return (i32.const 8))))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $total (i32.add (local.get $total) (i32.load offset=4 (local.get $parts))))
        (local.set $parts (i32.add (local.get $parts) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (i32.store (local.get $written) (local.get $total))
    i32.const 0)

  (func $badf_i (param i32) (result i32) i32.const 8)
  (export "fd_close" (func $badf_i))
  (export "fd_datasync" (func $badf_i))
  (export "fd_sync" (func $badf_i))
  (func $badf_ii (param i32 i32) (result i32) i32.const 8)
  (export "fd_fdstat_get" (func $badf_ii))
  (export "fd_fdstat_set_flags" (func $badf_ii))
  (export "fd_filestat_get" (func $badf_ii))
  (export "fd_prestat_get" (func $badf_ii))
  (export "fd_renumber" (func $badf_ii))
  (export "fd_tell" (func $badf_ii))
  (export "sock_shutdown" (func $badf_ii))
  (func $badf_iii (param i32 i32 i32) (result i32) i32.const 8)
  (export "fd_prestat_dir_name" (func $badf_iii))
  (export "path_create_directory" (func $badf_iii))
  (export "path_remove_directory" (func $badf_iii))
  (export "path_unlink_file" (func $badf_iii))
  (export "sock_accept" (func $badf_iii))
  (func $badf_iiii (param i32 i32 i32 i32) (result i32) i32.const 8)
  (export "fd_read" (func $badf_iiii))
  (func $badf_iiiii (param i32 i32 i32 i32 i32) (result i32) i32.const 8)
  (export "path_filestat_get" (func $badf_iiiii))
  (export "path_symlink" (func $badf_iiiii))
  (export "sock_send" (func $badf_iiiii))
  (func $badf_iiiiii (param i32 i32 i32 i32 i32 i32) (result i32) i32.const 8)
  (export "path_readlink" (func $badf_iiiiii))
  (export "path_rename" (func $badf_iiiiii))
  (export "sock_recv" (func $badf_iiiiii))
  (func (export "path_link") (param i32 i32 i32 i32 i32 i32 i32) (result i32) i32.const 8)
  (func (export "path_open") (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32) i32.const 8)
  (func (export "path_filestat_set_times") (param i32 i32 i32 i32 i64 i64 i32) (result i32) i32.const 8)
  (func (export "fd_filestat_set_times") (param i32 i64 i64 i32) (result i32) i32.const 8)
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32) i32.const 8)
  (func (export "fd_fdstat_set_rights") (param i32 i64 i64) (result i32) i32.const 8)
  (func (export "fd_advise") (param i32 i64 i64 i32) (result i32) i32.const 8)
  (func (export "fd_allocate") (param i32 i64 i64) (result i32) i32.const 8)
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) i32.const 8)
  (func $badf_at (param i32 i32 i32 i64 i32) (result i32) i32.const 8)
  (export "fd_pread" (func $badf_at))
  (export "fd_pwrite" (func $badf_at))
  (export "fd_readdir" (func $badf_at))
)
