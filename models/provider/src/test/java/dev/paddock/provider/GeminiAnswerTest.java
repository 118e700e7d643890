package dev.paddock.provider;

final class GeminiAnswerTest extends ModelAnswerContract {
  GeminiAnswerTest() {
    super(TestingAdapter.GEMINI);
  }
}
