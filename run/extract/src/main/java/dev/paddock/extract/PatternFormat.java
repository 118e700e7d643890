package dev.paddock.extract;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whatever matches the author's own regular expression; plain form: as printed, blanks squeezed.
 */
record PatternFormat(Pattern pattern) implements Format {
  @Override
  public List<Span> find(DocumentText document) {
    return Format.matches(pattern, new BoundedText(document.text()));
  }

  @Override
  public Optional<String> normalise(String printed) {
    String text = DocumentText.squeeze(printed);
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  @Override
  public String name() {
    return "pattern";
  }
}
