;; Exports a function of the world itself and no interface.
(component
  (core module $code
    (func (export "triple") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))
  (core instance $code (instantiate $code))
  (func (export "triple") (param "n" u32) (result u32) (canon lift (core func $code "triple"))))
