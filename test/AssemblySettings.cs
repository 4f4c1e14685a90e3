// The torch generator and dispose-scope statistics are process-global: tests must not run in parallel.
[assembly: Microsoft.VisualStudio.TestTools.UnitTesting.DoNotParallelize]
