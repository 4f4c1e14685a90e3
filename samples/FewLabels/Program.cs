using IGptMl.Samples.FewLabels;

return FewLabelsProgram.Run(args);
