import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UserError } from '../../src/shared/error.ts'

test('a message is one line that a terminal can show, whatever a file put into it', () => {
  assert.equal(new UserError('a.csv row 2: bad').message, 'a.csv row 2: bad')
  assert.equal(
    new UserError('tokens \t of \u001b[2Jx\r\n  at line 2\u2028end').message,
    'tokens � of �[2Jx at line 2 end',
  )
  const long = new UserError(`begin ${'x'.repeat(9000)} end`)
  assert.ok(long.message.length <= 1000)
  assert.match(long.message, /^begin x+ \.\.\. x+ end$/)
})
