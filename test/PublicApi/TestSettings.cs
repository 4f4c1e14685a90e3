// Networks share the process's random generator and threads, and pages write to the current folder.
[assembly: Microsoft.VisualStudio.TestTools.UnitTesting.DoNotParallelize]
