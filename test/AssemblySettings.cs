// The torch generator and dispose-scope statistics are process-global: tests that run side by side would see each other.
[assembly: Microsoft.VisualStudio.TestTools.UnitTesting.DoNotParallelize]
