package dev.paddock.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
final class Version implements IVersionProvider {
  static final String TEXT = "paddock 0.1.0";

  @Override
  public String[] getVersion() {
    return new String[] {TEXT};
  }
}
