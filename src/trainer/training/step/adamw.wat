;; The optimisers, four numbers in one instruction. Every array lies anywhere in the memory, and its $..._at says where.
;; Compiled by scripts/compile-kernel.ts into adamw-kernel.ts.
(module
  (memory (export "memory") 2)

  ;; One update by AdamW of $bytes of the arrays, a multiple of 16 as everywhere.
  ;;   g = gradient * scale
  ;;   first = first * beta1 + g * rest1
  ;;   second = second * beta2 + g^2 * rest2
  ;;   weights = weights * keep - first * rate / (sqrt(second * correction) + epsilon)
  (func (export "update")
    (param $weights_at i32) (param $gradient_at i32) (param $first_at i32) (param $second_at i32) (param $bytes i32)
    (param $scale f32) (param $beta1 f32) (param $rest1 f32) (param $beta2 f32) (param $rest2 f32) (param $keep f32)
    (param $rate f32) (param $correction f32) (param $epsilon f32)
    (local $end i32) (local $g v128) (local $first v128) (local $second v128)
    (local.set $end (i32.add (local.get $weights_at) (local.get $bytes)))
    (loop $next
      (local.set $g (f32x4.mul (v128.load (local.get $gradient_at)) (f32x4.splat (local.get $scale))))
      (local.set $first (f32x4.add
        (f32x4.mul (v128.load (local.get $first_at)) (f32x4.splat (local.get $beta1)))
        (f32x4.mul (local.get $g) (f32x4.splat (local.get $rest1)))))
      (local.set $second (f32x4.add
        (f32x4.mul (v128.load (local.get $second_at)) (f32x4.splat (local.get $beta2)))
        (f32x4.mul (f32x4.mul (local.get $g) (local.get $g)) (f32x4.splat (local.get $rest2)))))
      (v128.store (local.get $first_at) (local.get $first))
      (v128.store (local.get $second_at) (local.get $second))
      (v128.store (local.get $weights_at) (f32x4.sub
        (f32x4.mul (v128.load (local.get $weights_at)) (f32x4.splat (local.get $keep)))
        (f32x4.div
          (f32x4.mul (local.get $first) (f32x4.splat (local.get $rate)))
          (f32x4.add
            (f32x4.sqrt (f32x4.mul (local.get $second) (f32x4.splat (local.get $correction))))
            (f32x4.splat (local.get $epsilon))))))
      (local.set $first_at (i32.add (local.get $first_at) (i32.const 16)))
      (local.set $second_at (i32.add (local.get $second_at) (i32.const 16)))
      (local.set $gradient_at (i32.add (local.get $gradient_at) (i32.const 16)))
      (local.set $weights_at (i32.add (local.get $weights_at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $weights_at) (local.get $end)))))

  ;; What AdamW does to the weights, Adam and SGD do to the gradient before anything else.
  ;;   gradient = gradient * scale + weights * decay
  (func (export "decay")
    (param $weights_at i32) (param $gradient_at i32) (param $bytes i32) (param $scale f32) (param $decay f32)
    (local $end i32)
    (local.set $end (i32.add (local.get $weights_at) (local.get $bytes)))
    (loop $next
      (v128.store (local.get $gradient_at) (f32x4.add
        (f32x4.mul (v128.load (local.get $gradient_at)) (f32x4.splat (local.get $scale)))
        (f32x4.mul (v128.load (local.get $weights_at)) (f32x4.splat (local.get $decay)))))
      (local.set $gradient_at (i32.add (local.get $gradient_at) (i32.const 16)))
      (local.set $weights_at (i32.add (local.get $weights_at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $weights_at) (local.get $end)))))

  ;; One update by SGD with momentum.
  ;;   first = first * momentum + gradient
  ;;   weights = weights - first * rate
  (func (export "descend")
    (param $weights_at i32) (param $gradient_at i32) (param $first_at i32) (param $bytes i32)
    (param $momentum f32) (param $rate f32)
    (local $end i32) (local $first v128)
    (local.set $end (i32.add (local.get $weights_at) (local.get $bytes)))
    (loop $next
      (local.set $first (f32x4.add
        (f32x4.mul (v128.load (local.get $first_at)) (f32x4.splat (local.get $momentum)))
        (v128.load (local.get $gradient_at))))
      (v128.store (local.get $first_at) (local.get $first))
      (v128.store (local.get $weights_at) (f32x4.sub
        (v128.load (local.get $weights_at))
        (f32x4.mul (local.get $first) (f32x4.splat (local.get $rate)))))
      (local.set $first_at (i32.add (local.get $first_at) (i32.const 16)))
      (local.set $gradient_at (i32.add (local.get $gradient_at) (i32.const 16)))
      (local.set $weights_at (i32.add (local.get $weights_at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $weights_at) (local.get $end)))))

  ;; A running mean takes a share of the weights.
  ;;   mean = mean + (weights - mean) * share
  (func (export "blend") (param $weights_at i32) (param $mean_at i32) (param $bytes i32) (param $share f32)
    (local $end i32) (local $mean v128)
    (local.set $end (i32.add (local.get $weights_at) (local.get $bytes)))
    (loop $next
      (local.set $mean (v128.load (local.get $mean_at)))
      (v128.store (local.get $mean_at) (f32x4.add
        (local.get $mean)
        (f32x4.mul
          (f32x4.sub (v128.load (local.get $weights_at)) (local.get $mean))
          (f32x4.splat (local.get $share)))))
      (local.set $mean_at (i32.add (local.get $mean_at) (i32.const 16)))
      (local.set $weights_at (i32.add (local.get $weights_at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $weights_at) (local.get $end)))))

  ;; Sum of the squares of the gradient, in double precision.
  (func (export "squares") (param $gradient_at i32) (param $bytes i32) (result f64)
    (local $end i32) (local $x v128) (local $low v128) (local $high v128) (local $sum v128)
    (local.set $end (i32.add (local.get $gradient_at) (local.get $bytes)))
    (loop $next
      (local.set $x (v128.load (local.get $gradient_at)))
      (local.set $low (f64x2.promote_low_f32x4 (local.get $x)))
      (local.set $high (f64x2.promote_low_f32x4
        (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $x) (local.get $x))))
      (local.set $sum (f64x2.add (local.get $sum) (f64x2.add
        (f64x2.mul (local.get $low) (local.get $low))
        (f64x2.mul (local.get $high) (local.get $high)))))
      (local.set $gradient_at (i32.add (local.get $gradient_at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $gradient_at) (local.get $end))))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum)))))
