// Networks share the process's random generator and threads, and the pages' programs write to the current folder.
[assembly: Microsoft.VisualStudio.TestTools.UnitTesting.DoNotParallelize]
