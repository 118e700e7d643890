@org.jspecify.annotations.NullMarked
package dev.paddock.cli;
