// The native half of this package.

import type * as Native from '../native'

export const native: typeof Native = require('../poundlock.node')
