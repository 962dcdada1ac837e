;; Hands the dispatch's two functions on, with the names of its types: the form in which components export interfaces.
(component
  (type $code' (enum "cancelled" "unknown" "invalid-argument" "deadline-exceeded" "not-found" "already-exists"
    "permission-denied" "resource-exhausted" "failed-precondition" "aborted" "out-of-range" "unimplemented" "internal"
    "unavailable" "data-loss" "unauthenticated"))
  (import "import-type-code" (type $code (eq $code')))
  (type $status' (record (field "code" $code) (field "message" string) (field "details" (list u8))))
  (import "import-type-status" (type $status (eq $status')))
  (type $method' (record (field "link" string) (field "path" string) (field "fingerprint" string)))
  (import "import-type-method" (type $method (eq $method')))
  (import "import-func-describe" (func $describe (result (list $method))))
  (import "import-func-call"
    (func $call (param "function" u32) (param "request" (list u8)) (result (result (list u8) (error $status)))))
  (export $code-out "code" (type $code'))
  (type $status'' (record (field "code" $code-out) (field "message" string) (field "details" (list u8))))
  (export $status-out "status" (type $status''))
  (export $method-out "method" (type $method'))
  (export "describe" (func $describe) (func (result (list $method-out))))
  (export "call" (func $call)
    (func (param "function" u32) (param "request" (list u8)) (result (result (list u8) (error $status-out)))))
)
