/** Benchmarks of the egress proxy, in its package to reach what is not public. */
@NullMarked
package dev.paddock.egress;

import org.jspecify.annotations.NullMarked;
