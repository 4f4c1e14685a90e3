using IGptMl.Samples.PhotoClassifier;

return PhotoProgram.Run(args);
